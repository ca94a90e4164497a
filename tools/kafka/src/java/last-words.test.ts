import { expect, it } from 'vitest';
import { lastWordsOf } from './last-words.js';

const shutdown = Array.from({ length: 40 }, (_, n) => `2026-01-01 INFO [main] closing ${n} (Metrics)`);

it('are the last lines', () => {
  expect(lastWordsOf(shutdown.join('\n')).split('\n')).toEqual(shutdown.slice(-15));
});

it('begin with the reason why the broker gave up, however long its shutdown took', () => {
  const log = [
    '2026-01-01 INFO [main] starting (kafka.Kafka)',
    '2026-01-01 ERROR [main] [SocketServer listenerType=BROKER, nodeId=2] failed (SocketServer)',
    'org.apache.kafka.common.KafkaException: Socket server failed to bind to 127.0.0.1:9092: Address already in use.',
    '\tat kafka.network.Acceptor.openServerSocket(SocketServer.scala:724)',
    'Caused by: java.net.BindException: Address already in use',
    ...shutdown,
  ];
  const words = lastWordsOf(`${log.join('\n')}\n`).split('\n');
  expect(words).toEqual([log[1], log[2], log[4], ...shutdown.slice(-15)]);
});

it('of a broker that logged nothing are empty', () => {
  expect(lastWordsOf('')).toBe('');
});
