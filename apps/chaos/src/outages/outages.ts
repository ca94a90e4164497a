import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaCluster } from '@holdfast/kafka';
import type { HistorySummary, Violation } from '@holdfast/testing';
import type { OutagesChoices } from '../arguments.js';
import { foundIn, refuseForeignBrokers, startBrokers } from '../kills/targets.js';
import { OutageChain } from './outage-chain.js';

/** Whether the producer started before the brokers died, or while they were dead. */
export type OutageMoment = 'running' | 'start';

export interface OutageResult extends HistorySummary {
  readonly moment: OutageMoment;
  readonly outageSeconds: number;
  readonly client: 'kafkajs' | 'confluent';
  readonly journal: boolean;
  readonly slowestMs: number;
  readonly violations: readonly Violation[];
}

export interface OutagesSurroundings {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  /** Called with each chain when its topic has been read. */
  readonly heard: (result: OutageResult) => void;
}

const partitions = 6;
const quietMs = 3_000;

/**
 * Repeatedly kills all brokers at once, under producers that were running before and producers that
 * start meanwhile.
 */
export async function playOutages(
  { times, seconds }: OutagesChoices,
  { say, signal, heard }: OutagesSurroundings,
): Promise<OutageResult[]> {
  refuseForeignBrokers();
  await using cluster = await startBrokers(3, say);
  const results: OutageResult[] = [];
  for (let time = 1; time <= times; time++) {
    for (const moment of ['running', 'start'] as const) {
      signal.throwIfAborted();
      say(`${time} of ${times}: no broker for ${seconds} s, ${words[moment]}`);
      for (const result of await playOutage(cluster, moment, seconds, `outage-${time}-${moment}`)) {
        results.push(result);
        heard(result);
      }
    }
  }
  return results;
}

const words: { readonly [moment in OutageMoment]: string } = {
  running: 'under producers that are sending',
  start: 'and producers start meanwhile',
};

async function playOutage(
  cluster: KafkaCluster,
  moment: OutageMoment,
  seconds: number,
  name: string,
): Promise<OutageResult[]> {
  const chains = chainsOf(cluster, name);
  try {
    for (const { settings } of chains) await cluster.createTopic(settings.topic, { partitions });
    if (moment === 'start') await cluster.killAll();
    await Promise.all(chains.map((chain) => chain.start()));
    if (moment === 'running') {
      await sleep(quietMs);
      await cluster.killAll();
    }
    await sleep(seconds * 1_000);
    await cluster.startAll();
    await sleep(quietMs);
    await Promise.all(chains.map((chain) => chain.end()));
    const results: OutageResult[] = [];
    for (const chain of chains) results.push(await resultOf(chain, cluster, moment, seconds));
    return results;
  } finally {
    for (const chain of chains) await chain.cleanUp();
  }
}

/** With a journal and without, over both clients. */
function chainsOf({ brokers }: KafkaCluster, name: string): OutageChain[] {
  return (['kafkajs', 'confluent'] as const).flatMap((client) =>
    [false, true].map((journal) => {
      const topic = `${name}-${client}${journal ? '-journal' : ''}`;
      const directory = journal ? join(tmpdir(), `holdfast-${topic}-${process.pid}`) : undefined;
      return new OutageChain({ client, brokers, topic, directory });
    }),
  );
}

async function resultOf(
  chain: OutageChain,
  cluster: KafkaCluster,
  moment: OutageMoment,
  outageSeconds: number,
): Promise<OutageResult> {
  const { settings, history, slowestMs } = chain;
  chain.judge(await foundIn(cluster, settings.topic));
  return {
    ...history.summary(),
    ...{ moment, outageSeconds, client: settings.client, journal: settings.directory !== undefined },
    slowestMs: Math.round(slowestMs),
    violations: history.check(),
  };
}
