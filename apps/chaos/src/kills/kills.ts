import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KafkaCluster } from '@holdfast/kafka';
import type { KillsChoices } from '../arguments.js';
import { planOf, type RoundPlan } from './plan.js';
import { playRound, type RoundResult } from './round.js';
import { fileTarget, kafkaTarget, refuseForeignBrokers, startBrokers, type Target } from './targets.js';

export interface KillsSurroundings {
  readonly seed: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  /** Called with each round as it ends. */
  readonly heard: (result: RoundResult) => void;
}

/** Plays every round. Keeps the files of a round with violations. */
export async function playKills(choices: KillsChoices, around: KillsSurroundings): Promise<RoundResult[]> {
  const { seed, say, signal, heard } = around;
  const needsKafka = choices.clients.some((client) => client !== 'file');
  if (needsKafka) refuseForeignBrokers();
  say(`seed ${seed}`);
  await using cluster = needsKafka ? await startBrokers(choices.brokers, say) : undefined;
  const results: RoundResult[] = [];
  for (const plan of planOf({ ...choices, seed })) {
    signal.throwIfAborted();
    const directory = await mkdtemp(join(tmpdir(), 'holdfast-kills-'));
    say(wordsOf(plan));
    const { troubleEveryMs, sabotage } = choices;
    let isOfUse = false;
    try {
      const target = await targetOf(plan, directory, cluster, seed);
      const result = await playRound({ plan, target, directory, troubleEveryMs, sabotage, say, signal });
      results.push(result);
      heard(result);
      isOfUse = result.verdict.violations.length > 0 && !sabotage;
    } finally {
      if (isOfUse) say(`the journal and the ledgers are kept in ${directory}`);
      else await rm(directory, { recursive: true, force: true });
    }
  }
  return results;
}

function targetOf(
  { client, number }: RoundPlan,
  directory: string,
  cluster: KafkaCluster | undefined,
  seed: number,
): Promise<Target> {
  const topic = `kills-${seed}-${number}`;
  if (client === 'file' || cluster === undefined) return fileTarget(directory, topic);
  return kafkaTarget(cluster, topic);
}

function wordsOf({ number, kills, client, journal }: RoundPlan): string {
  const { acknowledge, fsync, segmentBytes, encrypted } = journal;
  const settings = `${acknowledge}, fsync ${fsync}, segments of ${segmentBytes / 1024} KiB${encrypted ? ', encrypted' : ''}`;
  return `round ${number + 1}: ${kills} kills over ${client} (${settings})`;
}
