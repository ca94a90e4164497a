import { createDelivery, testEnv, values } from '@holdfast/testing';
import { Notify, type Delivery } from '@holdfast/core/stage';
import { expect, it } from 'vitest';
import { buffer } from '../buffer.js';

it('sends nothing while a stage below is full, and continues when it has room', async () => {
  const notify = new Notify();
  let full = true;
  const env = testEnv({ ready: () => (full ? notify.wait() : undefined) });
  const handed: Delivery[][] = [];
  const stage = buffer({ maxRecords: 3 }).bind((batch) => void handed.push(batch), env);
  const give = (value: string): void =>
    stage.send([createDelivery({ topic: 'orders', key: value, value })], () => undefined);

  for (const value of ['1', '2', '3']) give(value);
  await env.clock.advance(10_000);
  expect(handed).toEqual([]);
  expect(stage.ready?.()).toBeInstanceOf(Promise);

  notify.notifyAll(); // and another stage has taken the room
  await env.clock.advance(10_000);
  expect(handed).toEqual([]);

  full = false;
  notify.notifyAll();
  await env.clock.runSoon();
  expect(handed.flatMap((batch) => values(batch))).toEqual(['1', '2', '3']);
});
