import { setTimeout as sleep } from 'node:timers/promises';
import type { AdapterCase, Step, TopicNames } from './adapter-case.js';
import type { KafkaControl } from './kafka-control.js';

const delivered = { status: 'delivered' } as const;
const unreachable = { status: 'failed', code: 'BROKER_UNREACHABLE', retriable: true } as const;
/**
 * For a client that repeats requests by itself until this time is over, and only then reports the
 * result.
 */
const quickMs = 2_000;
const whole = async (control: KafkaControl): Promise<void> => {
  await control.startAll();
  await control.ready();
};

/** One record per partition. */
const onePerPartition =
  (partitions: number): Required<Pick<Step, 'records'>>['records'] =>
  (topic) =>
    Array.from({ length: partitions }, (_, partition) => ({
      topic: topic('t'),
      partition,
      value: `p${partition}`,
    }));

const leaderOfFirst = (control: KafkaControl, topic: TopicNames): Promise<number> =>
  control.leader(topic('t'), 0);

/** Waits until the other brokers notice that one was killed; until then it counts as in sync. */
async function fewerInSync(control: KafkaControl, topic: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  // The leader may hear of it later than the broker that was asked; until then it takes records,
  // and waits for their replicas.
  for (let seen = 0; ; ) {
    const [first] = await control.describeTopic(topic);
    if (first !== undefined && first.isr.length < control.size && ++seen === 3) return;
    if (performance.now() > deadline) throw new Error(`all replicas of ${topic} are still in sync`);
    await sleep(100);
  }
}

/** Brokers that die, come back, or only seem alive. */
export const faultCases: readonly AdapterCase[] = [
  {
    name: 'a leader is killed: the others go on, and its partitions follow under a new leader',
    cluster: 'plain',
    needs: ['kill'],
    brokers: 3,
    topics: { t: { partitions: 6 } },
    steps: [
      { records: onePerPartition(6), expected: delivered },
      {
        first: async (control, topic) => control.kill(await leaderOfFirst(control, topic)),
        records: onePerPartition(6),
        untilDelivered: true,
      },
      { first: whole, records: onePerPartition(6), untilDelivered: true },
    ],
    after: whole,
  },
  {
    name: 'the whole cluster is killed, a client is made meanwhile, and it is started again',
    cluster: 'plain',
    needs: ['kill'],
    client: () => ({ requestTimeoutMs: quickMs }),
    topics: { t: { partitions: 3 } },
    steps: [
      { records: onePerPartition(3), expected: delivered },
      {
        first: (control) => control.killAll(),
        records: onePerPartition(3),
        expected: {
          status: ['failed', 'unknown'],
          code: ['BROKER_UNREACHABLE', 'CONNECTION_LOST'],
          retriable: true,
        },
      },
      { onceDisconnected: true, records: onePerPartition(3), expected: unreachable },
      { newClient: true, records: onePerPartition(3), expected: unreachable },
      { first: whole, records: onePerPartition(3), untilDelivered: true },
      { newClient: true, records: onePerPartition(3), untilDelivered: true },
    ],
    after: whole,
  },
  {
    name: 'a leader accepts requests and answers none',
    cluster: 'plain',
    needs: ['pause'],
    client: () => ({ requestTimeoutMs: 2_000 }),
    topics: { t: {} },
    steps: [
      { records: onePerPartition(1), expected: delivered },
      {
        first: async (control, topic) => control.pause(await leaderOfFirst(control, topic)),
        records: onePerPartition(1),
        expected: { status: 'unknown', code: 'REQUEST_TIMED_OUT', retriable: true },
      },
      {
        first: async (control) => {
          for (let id = 1; id <= control.size; id++) await control.resume(id);
          await control.ready();
        },
        records: onePerPartition(1),
        untilDelivered: true,
      },
    ],
    after: async (control) => {
      for (let id = 1; id <= control.size; id++) await control.resume(id);
      await control.ready();
    },
  },
  {
    name: 'fewer replicas in sync than the topic asks for',
    cluster: 'plain',
    needs: ['kill'],
    brokers: 3,
    client: () => ({ requestTimeoutMs: quickMs }),
    topics: {
      t: { config: { 'min.insync.replicas': '3' } },
      relaxed: { config: { 'min.insync.replicas': '1' } },
    },
    steps: [
      {
        first: async (control, topic) => {
          const leader = await leaderOfFirst(control, topic);
          await control.kill((leader % control.size) + 1);
        },
        records: (topic) => [{ topic: topic('relaxed'), value: 'v' }],
        untilDelivered: true,
      },
      {
        first: (control, topic) => fewerInSync(control, topic('t')),
        records: (topic) => [
          { topic: topic('t'), value: 'v' },
          { topic: topic('relaxed'), value: 'v' },
        ],
        expected: [
          { status: ['failed', 'unknown'], code: 'NOT_ENOUGH_REPLICAS', retriable: true },
          delivered,
        ],
      },
      { first: whole, records: (topic) => [{ topic: topic('t'), value: 'v' }], untilDelivered: true },
    ],
    after: whole,
  },
];
