import { noLane } from '@holdfast/core/stage';
import { expect, it } from 'vitest';
import { createDelivery } from '../values/create-delivery.js';
import { recordingLogger } from './recording-logger.js';
import { testEnv } from './test-env.js';

it('testEnv has nothing real in it', async () => {
  const env = testEnv({ seed: 5 });
  expect([env.clock.now(), env.ready(), env.calls.unanswered(1_000)]).toEqual([0, undefined, 0]);
  expect(env.random()).toBe(testEnv({ seed: 5 }).random());
  const full = Promise.resolve();
  expect(testEnv({ ready: () => full }).ready()).toBe(full);
  env.events.on('closed', () => {
    throw new Error('a listener');
  });
  env.events.emit('closed', { failed: 0, unknown: 0, kept: 0 });
  expect(env.logger.lines).toEqual([
    { level: 'error', message: "a listener of 'closed' threw", fields: { error: 'Error' } },
  ]);
});

it('recordingLogger keeps lines and gives them as text', () => {
  const logger = recordingLogger();
  logger.warn('slow', { ms: 7 });
  logger.info('fine');
  expect(logger.text()).toBe('warn slow {"ms":7}\ninfo fine ');
});

it('createDelivery creates what the dispatcher creates', () => {
  const headers = { app: 'shop' };
  const delivery = createDelivery(
    { topic: 'orders', key: 'ä', value: null, headers, partition: 2 },
    { createdAt: 50 },
  );
  expect(delivery).toMatchObject({ createdAt: 50, deadline: 120_050, attempts: 0, outcome: undefined });
  expect(delivery.record.key).toEqual(Buffer.from('ä'));
  expect(delivery.record).toMatchObject({
    topic: 'orders',
    value: null,
    headers,
    partition: 2,
    timestamp: 0,
  });
  expect(delivery.record.headers).not.toBe(headers);
  expect(delivery.lane).not.toBe(noLane);
  expect(createDelivery({ topic: 'orders', value: 'v' }, { deadline: Infinity })).toMatchObject({
    lane: noLane,
    deadline: Infinity,
  });
});
