import { createDelivery, spoilings } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { harness, values } from './harness.fixture.js';
import { Pages } from './queue/pages.js';

describe.each(spoilings)('$title', ({ spoil }) => {
  it('is sent with the others, left to the stages below, and no bytes stay counted', async () => {
    const { env, below, stage, up, send, deliver } = harness();
    const [before, spoilt, behind] = send([{ value: 'before' }, { value: 'spoilt' }, { value: 'behind' }]);
    if (spoilt === undefined) throw new Error('nothing was sent');
    spoil(spoilt.record);
    await env.clock.runSoon();
    const [handed] = below;
    expect(handed?.batch).toEqual([before, spoilt, behind]);
    expect(values(handed?.batch.filter((one) => one !== spoilt))).toEqual(['before', 'behind']);
    deliver(handed?.batch ?? []);
    expect(up).toHaveLength(3);
    expect(stage.stats?.()).toMatchObject({ waitingBytes: 0, inFlightBytes: 0, waitingRecords: 0 });
  });

  it('is not parked among others, which stay unchanged', () => {
    const pages = new Pages(1024 * 1024);
    const deliveries = ['before', 'spoilt', 'behind'].map((value) =>
      createDelivery({ topic: 'orders', key: 'k', value, headers: { id: value } }),
    );
    const [before, spoilt, behind] = deliveries;
    if (spoilt === undefined) throw new Error('there is none');
    spoil(spoilt.record);
    expect(deliveries.map((one) => pages.park(one))).toEqual([true, false, true]);
    expect(values([before, behind].filter((one) => one !== undefined))).toEqual(['before', 'behind']);
  });
});

it('room of transferred memory is free again as soon as nothing waits', async () => {
  const { env, below, stage, send, deliver } = harness({ maxBytes: 1_000, maxInFlight: 1 });
  for (let round = 0; round < 20; round++) {
    const values = [new Uint8Array(400), new Uint8Array(400)];
    send(values.map((value) => ({ value })));
    for (const { buffer } of values) structuredClone(buffer, { transfer: [buffer] });
    await env.clock.runSoon();
    deliver(below.at(-1)?.batch ?? []);
    await env.clock.runSoon();
    expect(stage.stats?.()).toMatchObject({ waitingBytes: 0, inFlightBytes: 0 });
    expect(stage.ready?.()).toBeUndefined();
  }
});
