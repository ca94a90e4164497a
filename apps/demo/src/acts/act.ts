import type { KafkaCluster } from '@holdfast/kafka';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Act, Chain } from '../names.js';
import type { Timing } from '../timing.js';
import { cluster } from './cluster.js';
import { kill } from './kill.js';
import { leader } from './leader.js';
import type { Services } from '../services.js';
import { pause } from './pause.js';

/** Where an act is played: while it is, both chains send to the cluster, each to its own topic. */
export interface Stage {
  readonly cluster: KafkaCluster;
  readonly topics: { readonly [chain in Chain]: string };
  readonly services: Services;
  readonly timing: Timing;
  /** Ends the act early. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Resolves when all brokers are well again. */
export type Play = (stage: Stage) => Promise<void>;

export const plays: { readonly [act in Act]: Play } = { leader, cluster, pause, kill };

const recoveryTimeoutMs = 90_000;
const pollMs = 200;

/** Resolves when every broker runs and every replica of both topics has caught up. */
export async function allWell({ cluster, topics, signal }: Stage): Promise<void> {
  await cluster.ready();
  const deadline = performance.now() + recoveryTimeoutMs;
  for (const topic of Object.values(topics)) {
    while (!(await inSync(cluster, topic))) {
      if (performance.now() > deadline) {
        throw new Error(`the replicas of ${topic} have not caught up within ${recoveryTimeoutMs} ms`);
      }
      await sleep(pollMs, undefined, { signal });
    }
  }
}

async function inSync(cluster: KafkaCluster, topic: string): Promise<boolean> {
  const partitions = await cluster.describeTopic(topic);
  return partitions.every(({ leader, replicas, isr }) => leader >= 0 && isr.length === replicas.length);
}

/** The leader of partition 0 of Holdfast's topic, and what it leads: both chains have to be struck. */
export async function aLeader({ cluster, topics }: Stage): Promise<{ id: number; leads: string }> {
  const id = await cluster.leader(topics.holdfast, 0);
  const shares = await Promise.all(
    Object.entries(topics).map(async ([chain, topic]) => {
      const partitions = await cluster.describeTopic(topic);
      return `${partitions.filter(({ leader }) => leader === id).length} of ${partitions.length} (${chain})`;
    }),
  );
  return { id, leads: `leader of ${shares.join(' and ')} partitions` };
}

export const seconds = (ms: number): string => `${ms / 1_000} s`;
