import type { KafkaCluster } from '@holdfast/kafka';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './acts/act.js';
import { plays } from './acts/plays.js';
import { castRoles } from './cast.js';
import { deadLetterResults } from './dead-letters/results.js';
import type { Scene } from './names.js';
import { catalogueOf, readRole } from './read-role.js';
import { progressLines } from './report/progress.js';
import type { Narrator } from './report/narrator.js';
import { noProgress } from './service/messages.js';
import { Services } from './services.js';
import { beforeMs, timingOf } from './timing.js';
import type { Ledger } from './verdict/ledger.js';
import { resultOf, type Result } from './verdict/result.js';
import { tallyOf } from './verdict/tally.js';
import { judge } from './verdict/verdict.js';

export interface Surroundings {
  readonly full: boolean;
  /** Records per second, for each chain. */
  readonly rate: number;
  readonly records: number | undefined;
  readonly metricsPort: number | undefined;
  readonly cluster: KafkaCluster;
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
}

/**
 * Plays both chains at once, each with its own processes and topics. Resolves with the results,
 * plain first.
 */
export async function playScene(scene: Scene, around: Surroundings): Promise<Result[]> {
  const { signal } = around;
  const disks = await mkdtemp(join(tmpdir(), 'holdfast-demo-'));
  try {
    const stage = await prepareStage(scene, around, disks);
    const ledgers = await stream(scene, stage, around);
    const readResults = scene.act === 'dead-letters' ? deadLetterResults : resultsOf;
    return await unlessAborted(signal, readResults(scene, stage, ledgers));
  } finally {
    await rm(disks, { recursive: true, force: true });
  }
}

async function prepareStage(scene: Scene, around: Surroundings, disks: string): Promise<Stage> {
  const { cluster, full, rate, records, metricsPort, narrator, signal } = around;
  const timing = timingOf(full);
  const roles = await castRoles({ ...scene, rate, records, metricsPort, timing, cluster, disks });
  for (const { settings } of roles) {
    if (settings.metricsPort === undefined) continue;
    narrator.say(`metrics of ${settings.topic}: http://127.0.0.1:${settings.metricsPort}/metrics`);
  }
  const services = new Services(roles.map(({ settings }) => settings));
  return { cluster, roles, services, timing, signal, say: narrator.say };
}

/** Runs from the first record to the last answer. */
async function stream(scene: Scene, stage: Stage, around: Surroundings): Promise<Ledger[]> {
  const { services, roles } = stage;
  const { cluster, narrator, signal } = around;
  const progress = (): string[] =>
    progressLines(
      cluster.status(),
      roles.map(({ chain, way = '' }, at) => [`${chain} ${way}`.trim(), services.progress[at] ?? noProgress]),
    );
  const stopWatching = narrator.watch(progress);
  try {
    await unlessAborted(signal, services.start());
    await unlessAborted(signal, Promise.race([perform(scene, stage, around), services.died]));
    narrator.say('the stream has ended; waiting for the last answers');
    const ledgers = await unlessAborted(signal, services.ended());
    narrator.say(progress().join(' | '));
    return ledgers;
  } finally {
    stopWatching();
    services.kill();
  }
}

/** Runs the stream, with the act in the middle of it. */
async function perform({ act }: Scene, stage: Stage, { rate, records }: Surroundings): Promise<void> {
  const { timing, signal, services } = stage;
  services.go();
  await sleep(beforeMs(timing, rate, records), undefined, { signal });
  await plays[act](stage);
  await sleep(timing.afterMs, undefined, { signal });
  // A little ahead of all streams, so that all can still stop there after the same number of
  // records.
  services.stopAt(Math.max(...services.progress.map(({ arrived }) => arrived)) + rate);
}

async function resultsOf(scene: Scene, stage: Stage, ledgers: readonly Ledger[]): Promise<Result[]> {
  stage.say('reading all topics back');
  return Promise.all(
    stage.roles.map(async (role, at) => {
      const ledger = ledgers[at];
      if (ledger === undefined) throw new Error('a service reported no results');
      const verdict = judge(ledger, await readRole(stage, role), catalogueOf(role));
      return resultOf(scene, role, {
        ledger,
        verdict,
        tally: tallyOf(ledger, { ...verdict, deadLettered: 0 }),
      });
    }),
  );
}

function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('interrupted'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
