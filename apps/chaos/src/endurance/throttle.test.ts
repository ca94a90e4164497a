import { createProducer, silentLogger } from '@holdfast/core';
import { fakeClock, scriptedAdapter } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { throttle } from './throttle.js';

async function producerWith(recordsPerSecond: number) {
  const clock = fakeClock();
  const adapter = scriptedAdapter({ clock });
  const slow = throttle(recordsPerSecond);
  const producer = await createProducer({
    adapter,
    use: [slow],
    env: { clock, logger: silentLogger },
  });
  const send = (count: number): void => {
    for (let i = 0; i < count; i++) producer.fireAndForget({ topic: 't', value: String(i) });
  };
  return { clock, adapter, slow, send };
}

describe('the throttle', () => {
  it('passes a given number of records per second, in their order', async () => {
    const { clock, adapter, send } = await producerWith(100);
    send(500);
    await clock.advance(1_000);
    expect(adapter.calls.length).toBeGreaterThan(95);
    expect(adapter.calls.length).toBeLessThan(105);
    const values = adapter.calls.flatMap(({ attempts }) =>
      attempts.map(({ delivery }) => Number(delivery.record.value)),
    );
    expect(values).toEqual(values.map((_, i) => i));
  });

  it('holds nothing back once it is lifted', async () => {
    const { clock, adapter, slow, send } = await producerWith(10);
    send(100);
    slow.lift();
    await clock.advance(200);
    expect(adapter.calls).toHaveLength(100);
  });
});
