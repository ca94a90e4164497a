import { expect, it } from 'vitest';
import { serverNames } from './server-names.js';

it.each([
  ['a host and its port', 'kafka-1.example.com:9092', 'kafka-1.example.com:9092'],
  ['spaces around it', ' kafka:9093 ', 'kafka:9093'],
  ['no port', 'kafka', 'kafka:9092'],
  ['IPv6', '[fe80::1%eth0]:1234', '[fe80::1%eth0]:1234'],
  ['a protocol', 'SASL_SSL://kafka:9092', 'kafka:9092'],
  ['a user and a password', 'me:s3cr3t@kafka:9092', 'kafka:9092'],
  ['both, and an @ in the password', 'ssl://me:s3c@r3t@kafka', 'kafka:9092'],
])('names a server: %s', (_, given, named) => {
  expect(serverNames([given], 9092)).toEqual([named]);
});

it('leaves out what is no server, and names none twice', () => {
  const wrong = ['', 'me:s3cr3t', 'kafka:9092?password=s3cr3t', 'a b:1', 'me@', 5, null, undefined];
  expect(serverNames([...wrong, 'kafka:1', 'kafka:2', 'ssl://kafka:1'], 9092)).toEqual([
    'kafka:1',
    'kafka:2',
  ]);
});
