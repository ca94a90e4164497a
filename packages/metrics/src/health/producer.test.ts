import { createProducer } from '@holdfast/core';
import { fakeClock, memoryKafka } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { health } from './health.js';

it('follows a producer from its start to its end', async () => {
  const clock = fakeClock();
  const kafka = memoryKafka({ topics: { orders: 1 }, latencyMs: 20 });
  const producer = await createProducer({ adapter: kafka.adapter(), env: { clock } });
  const codes = (): unknown => health(producer).reasons.map(({ code }) => code);
  expect(health(producer)).toMatchObject({ status: 'ok', live: true, ready: true });

  const sent = producer.send({ topic: 'orders', value: 'v1' });
  const closed = producer.close();
  expect(codes()).toEqual(['PRODUCER_CLOSING']);
  expect(health(producer)).toMatchObject({ status: 'failing', live: true, ready: false });

  await clock.until(Promise.all([sent, closed]));
  expect(codes()).toEqual(['PRODUCER_CLOSED']);
  expect(health(producer)).toMatchObject({ status: 'failing', live: false, ready: false });
});
