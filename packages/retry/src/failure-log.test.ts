import { ProducerError } from '@holdfast/core';
import { createDelivery, fakeClock, recordingLogger } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { FailureLog } from './failure-log.js';

const missing = new ProducerError('UNKNOWN_TOPIC', 'no such topic; create it', { retriable: true });
const attempt = (attempts: number, topic = 'orders'): ReturnType<typeof createDelivery> =>
  Object.assign(createDelivery({ topic, value: 'hunter2' }), { attempts });

it('logs what keeps a topic from working: from the third attempt on, once a minute, and anew after it has worked', async () => {
  const logger = recordingLogger();
  const clock = fakeClock();
  const log = new FailureLog(logger, clock);
  const lines = (): number => logger.text().split('attempts have failed').length - 1;
  const healed = (): string[] =>
    logger.lines.flatMap(({ level, message }) => (message.endsWith('again') ? [`${level} ${message}`] : []));
  log.failed(attempt(1), missing);
  log.failed(attempt(2), missing);
  expect(lines()).toBe(0);
  log.failed(attempt(3), missing);
  log.failed(attempt(4), missing);
  log.failed(attempt(3), missing);
  expect(logger.text()).toContain(
    "warn topic 'orders': 3 attempts have failed, and more follow: no such topic; create it",
  );
  expect(lines()).toBe(1);
  log.failed(attempt(3, 'events'), missing);
  log.failed(attempt(3), new ProducerError('LEADER_UNAVAILABLE', 'no leader'));
  expect(lines()).toBe(3);
  log.worked([attempt(1), attempt(4)]);
  expect(healed()).toEqual(["warn topic 'orders': records get through again"]);
  log.failed(attempt(3), missing);
  log.failed(attempt(3, 'events'), missing);
  expect(lines()).toBe(4);
  log.failed(attempt(9), new ProducerError('CIRCUIT_OPEN', 'open'));
  await clock.advance(59_999);
  log.failed(attempt(9), missing);
  expect(lines()).toBe(4);
  await clock.advance(1);
  log.failed(attempt(9), missing);
  expect(lines()).toBe(5);
  expect(logger.text()).not.toContain('hunter2');

  // Other records that get through mean nothing while the failure is logged every minute; later
  // they do.
  log.worked([attempt(1), attempt(1, 'events')]);
  expect(healed()).toHaveLength(1);
  await clock.advance(120_000);
  log.worked([attempt(1)]);
  log.worked([attempt(1)]);
  expect(healed()).toHaveLength(2);
});
