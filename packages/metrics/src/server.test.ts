import { expect, it } from 'vitest';
import { serverAttributes } from './server.js';

it.each([
  [['kafka-1:9092', 'kafka-2:9092'], { 'server.address': 'kafka-1', 'server.port': 9092 }],
  [['[::1]:9094'], { 'server.address': '::1', 'server.port': 9094 }],
  [['kafka'], { 'server.address': 'kafka' }],
  [[], {}],
  [['a:b:c'], {}],
])('server attributes of %j', (servers, attributes) => {
  expect(serverAttributes(servers)).toEqual(attributes);
});
