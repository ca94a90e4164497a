import type { KafkaCluster } from '@holdfast/kafka';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from '../cast.js';
import type { Timing } from '../timing.js';
import type { Services } from '../services.js';

/**
 * The setting of an act: while it plays, all roles send to the cluster, each to topics of its own.
 */
export interface Stage {
  readonly cluster: KafkaCluster;
  readonly roles: readonly Role[];
  readonly services: Services;
  readonly timing: Timing;
  /** Ends the act early. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Resolves when all brokers are healthy again. */
export type Play = (stage: Stage) => Promise<void>;

export const topicsOf = ({ roles }: Pick<Stage, 'roles'>): readonly string[] =>
  roles.flatMap(({ topics }) => topics);

const recoveryTimeoutMs = 90_000;
const pollMs = 200;

/** Resolves when every broker runs and every replica of every topic has caught up. */
export async function allWell({ cluster, roles, signal }: Stage): Promise<void> {
  await cluster.ready();
  const deadline = performance.now() + recoveryTimeoutMs;
  for (const topic of topicsOf({ roles })) {
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

/**
 * Returns the leader of partition 0 of Holdfast's first topic, and what it leads: the fault has to
 * strike every chain.
 */
export async function aLeader({ cluster, roles }: Stage): Promise<{ id: number; leads: string }> {
  const [topic = ''] = roles.find(({ chain }) => chain === 'holdfast')?.topics ?? [];
  const id = await cluster.leader(topic, 0);
  const shares = await Promise.all(
    topicsOf({ roles }).map(async (one) => {
      const partitions = await cluster.describeTopic(one);
      return `${partitions.filter(({ leader }) => leader === id).length} of ${partitions.length}`;
    }),
  );
  return { id, leads: `leader of ${[...new Set(shares)].join(' or ')} partitions of each topic` };
}

export const seconds = (ms: number): string => `${ms / 1_000} s`;
