import type { Headers } from '@holdfast/core';
import type { SerializedRecord } from '@holdfast/core/stage';
import { checkProperty, createDelivery } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pages } from './pages.js';

const bytes = fc.option(
  fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one)),
  { nil: null },
);
const one = fc.oneof(
  fc.string(),
  fc.uint8Array({ maxLength: 20 }).map((raw) => Buffer.from(raw)),
);
const headers = fc.option(
  fc.dictionary(
    fc.oneof(fc.string(), fc.constant('__proto__')),
    fc.oneof(one, fc.array(one, { maxLength: 3 })),
  ),
  { nil: undefined },
);
const record = fc.record({
  topic: fc.constantFrom('orders', 'events', 'ключи'),
  key: bytes,
  value: bytes,
  headers,
  partition: fc.option(fc.nat(), { nil: undefined }),
  timestamp: fc.oneof(fc.maxSafeNat(), fc.integer({ min: 1.7e12, max: 1.7e12 + 2 ** 31 })),
});

const plain = (one: SerializedRecord): object => ({
  topic: one.topic,
  key: one.key,
  value: one.value,
  partition: one.partition,
  timestamp: one.timestamp,
  headers: Object.entries(one.headers),
});

/** 16 pages. */
const room = 4 * 1024 * 1024;

describe('a parked record', () => {
  it('is unchanged, whatever the order in which records are taken', async () => {
    const property = fc.property(fc.array(record, { maxLength: 50 }), (records) => {
      const pages = new Pages(room);
      const parked = records.map(({ headers, ...some }) => {
        const own: Headers | undefined = headers;
        const delivery = createDelivery({ topic: some.topic, value: null });
        delivery.record.key = some.key;
        delivery.record.value = some.value;
        delivery.record.partition = some.partition;
        delivery.record.timestamp = some.timestamp;
        if (own !== undefined) delivery.record.headers = own;
        const before = plain(delivery.record);
        expect(pages.park(delivery)).toBe(true);
        expect(delivery.parked).toBe(true);
        return { delivery, before };
      });
      for (const { delivery, before } of parked.reverse()) expect(plain(delivery.record)).toEqual(before);
    });
    await checkProperty(property);
  });
});

describe('pages', () => {
  const waiting = (n: number): ReturnType<typeof createDelivery>[] =>
    Array.from({ length: n }, (_, i) =>
      createDelivery({ topic: 'orders', key: `k${i}`, value: 'x'.repeat(1_000) }),
    );

  it('are freed when their last record is taken', () => {
    const pages = new Pages(room);
    const deliveries = waiting(10_000);
    for (const delivery of deliveries) pages.park(delivery);
    expect(pages.bytes).toBeGreaterThan(10_000_000);
    expect(pages.bytes).toBeLessThan(11_500_000);
    for (const delivery of deliveries) expect(delivery.record.value).toHaveLength(1_000);
    expect(pages.bytes).toBe(256 * 1024);
  });

  it('report when they are mostly holes; parking the remaining records again closes these', () => {
    const pages = new Pages(room);
    const deliveries = waiting(20_000);
    for (const delivery of deliveries) pages.park(delivery);
    const stay = deliveries.filter((_, i) => i % 4 === 0);
    for (const [i, delivery] of deliveries.entries()) if (i % 4 !== 0) void delivery.record;
    expect(pages.isSparse).toBe(true);
    for (const delivery of stay) pages.park(delivery);
    expect(pages.isSparse).toBe(false);
    for (const [i, delivery] of stay.entries()) {
      expect(Buffer.from(delivery.record.key ?? []).toString()).toBe(`k${4 * i}`);
    }
  });

  it('do not take large records', () => {
    const delivery = createDelivery({ topic: 'orders', value: Buffer.alloc(64 * 1024) });
    expect(new Pages(room).park(delivery)).toBe(false);
    expect(delivery.parked).toBe(false);
  });
});
