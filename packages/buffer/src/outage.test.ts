import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import type { BufferOptions } from './options.js';
import { Outage, type Health } from './outage.fixture.js';

const seconds = 3;
/** Small, so that the limits are reached within the test, and so that the test is fast. */
const small: BufferOptions = { maxBatchRecords: 50, maxInFlightRecords: 200, maxRecords: 1_000_000 };

interface Load {
  /** Callers that send the next record as soon as the last one is settled. */
  readonly callers: number;
  readonly keys: boolean;
}

interface Trouble {
  readonly dead: readonly Health[];
  /** Records per second for each topic that is down. */
  readonly rate: number;
  /** Records per second for a partition of the healthy topic that is down. */
  readonly partitionRate?: number;
}

/** Returns how many records of the healthy topic were delivered within {@link seconds}. */
async function throughput(
  load: Load,
  { dead, rate, partitionRate = 0 }: Trouble,
  options = small,
): Promise<number> {
  const clock = fakeClock();
  const topics = Object.fromEntries(dead.map((health, i): [string, Health] => [`dead${i}`, health]));
  const outage = new Outage({ clock, topics: { well: 'well', ...topics }, buffer: options });
  let sent = 0;
  const key = (): string | null => (load.keys ? `k${sent++}` : null);
  const again = (): void => outage.send('well', key(), again);
  const everyTenMs = (perSecond: number, send: () => void): void => {
    for (let n = 0; n < perSecond / 100; n++) send();
    clock.after(10, () => everyTenMs(perSecond, send));
  };
  for (const topic of Object.keys(topics)) everyTenMs(rate, () => outage.send(topic, key()));
  if (partitionRate > 0) everyTenMs(partitionRate, () => outage.send('well', `dead${sent++}`));
  for (let i = 0; i < load.callers; i++) again();
  await clock.advance(seconds * 1_000);
  return outage.delivered.get('well') ?? 0;
}

const loads: readonly Load[] = [
  { callers: 5, keys: true },
  { callers: 100, keys: true },
  { callers: 100, keys: false },
];

const nothing: Trouble = { dead: [], rate: 0 };
const many = ['paused', 'refusing', 'paused', 'paused', 'paused', 'paused', 'paused'] as const;

describe.each(loads)('a healthy topic, with $callers callers, keys: $keys', (load) => {
  let alone: number | undefined;

  it.each<Trouble & { readonly what: string }>([
    { what: 'a paused topic', dead: ['paused'], rate: 100 },
    { what: 'a topic that refuses', dead: ['refusing'], rate: 100 },
    { what: 'a busy paused topic', dead: ['paused'], rate: 2_000 },
    { what: 'a busy topic that refuses', dead: ['refusing'], rate: 2_000 },
    { what: 'seven topics that are down', dead: many, rate: 500 },
  ])('keeps nine tenths of its rate beside $what', async (trouble) => {
    alone ??= await throughput(load, nothing);
    expect((await throughput(load, trouble)) / alone).toBeGreaterThan(0.9);
  });
});

it('a partition that is down leaves the others of its topic nine tenths of their rate', async () => {
  const load = { callers: 100, keys: true };
  const roomy = { ...small, maxInFlightRecords: 1_000 };
  const alone = await throughput(load, nothing, roomy);
  const beside = await throughput(load, { ...nothing, partitionRate: 500 }, roomy);
  expect(beside / alone).toBeGreaterThan(0.9);
});
