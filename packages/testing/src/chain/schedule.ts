import type { ProducerRecord } from '@holdfast/core';
import fc from 'fast-check';

/**
 * One thing that a caller, time or the cluster does. Plain data, so that a failing run can be
 * printed and repeated.
 */
export type Action =
  | { readonly do: 'send'; readonly record: ProducerRecord; readonly via: 'promise' | 'callback' | 'forget' }
  | { readonly do: 'sendBatch'; readonly records: readonly ProducerRecord[] }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'flush'; readonly timeoutMs: number }
  | { readonly do: 'outage'; readonly kind: OutageKind }
  | { readonly do: 'recover' };

/**
 * No connection (`failed`); connections that break (`unknown`); brokers that do not answer
 * (`unknown` after 500 ms).
 */
export type OutageKind = 'unreachable' | 'breaking' | 'silent';

export interface Schedule {
  readonly actions: readonly Action[];
  /** Of `close` at the end. */
  readonly closeTimeoutMs: number;
  /** Of the random script between outages. */
  readonly scriptSeed: number;
}

export interface ScheduleOptions {
  /** About so many actions at most; each sends up to 20 records. Default 40. */
  readonly actions?: number;
  /** Few keys make long lanes. Default 4. */
  readonly keys?: number;
  /** Default `['orders', 'events']`. */
  readonly topics?: readonly string[];
  /** Partitions asked for are below this. Default 3. */
  readonly partitions?: number;
}

/** Values are filled in by the run, one number each, so that no two records are the same. */
function recordArb({
  keys = 4,
  topics = ['orders', 'events'],
  partitions = 3,
}: ScheduleOptions): fc.Arbitrary<ProducerRecord> {
  const key = fc.oneof(
    { weight: 4, arbitrary: fc.nat({ max: keys - 1 }).map((n) => `k${n}`) },
    { weight: 1, arbitrary: fc.constant(null) },
  );
  const headers = fc.option(fc.record({ trace: fc.stringMatching(/^[a-f0-9]{4}$/) }), {
    nil: undefined,
    freq: 4,
  });
  const partition = fc.option(fc.nat({ max: partitions - 1 }), { nil: undefined, freq: 4 });
  const timeoutMs = fc.option(fc.constantFrom(1, 150, 1_000, 20_000, Infinity), { nil: undefined, freq: 4 });
  return fc
    .record({
      topic: fc.constantFrom(...topics),
      key,
      headers,
      partition,
      timeoutMs,
      padding: fc.nat({ max: 40 }),
    })
    .map(({ topic, padding, ...some }) => ({
      topic,
      key: some.key,
      value: '.'.repeat(padding),
      ...(some.headers === undefined ? {} : { headers: some.headers }),
      ...(some.partition === undefined ? {} : { partition: some.partition }),
      ...(some.timeoutMs === undefined ? {} : { deliveryTimeoutMs: some.timeoutMs }),
    }));
}

/** Schedules for `runChain`; fast-check shrinks them to the few actions that matter. */
export function schedules(options: ScheduleOptions = {}): fc.Arbitrary<Schedule> {
  const record = recordArb(options);
  const action: fc.Arbitrary<Action> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('send'),
        record,
        via: fc.constantFrom('promise', 'callback', 'forget'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('sendBatch'), records: fc.array(record, { maxLength: 20 }) }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('advance'), ms: fc.nat({ max: 400 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('flush'), timeoutMs: fc.nat({ max: 3_000 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('outage'),
        kind: fc.constantFrom('unreachable', 'breaking', 'silent'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('recover') }) },
  );
  return fc.record({
    actions: fc.array(action, { maxLength: options.actions ?? 40, size: 'max' }),
    closeTimeoutMs: fc.constantFrom(0, 200, 30_000),
    scriptSeed: fc.nat({ max: 2 ** 31 - 1 }),
  });
}

/** The schedule that belongs to a seed. */
export function scheduleOf(seed: number, options: ScheduleOptions = {}): Schedule {
  const [schedule] = fc.sample(schedules(options), { seed, numRuns: 1 });
  if (schedule === undefined) throw new Error('fast-check gave no schedule');
  return schedule;
}
