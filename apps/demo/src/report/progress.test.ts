import { expect, it } from 'vitest';
import { progressLines } from './progress.js';

it('shows each broker, and what each chain has sent, acknowledged and in flight', () => {
  const brokers = [
    { id: 1, pid: 11, port: 9001, state: 'running' },
    { id: 2, pid: undefined, port: 9002, state: 'stopped' },
    { id: 3, pid: 13, port: 9003, state: 'paused' },
  ] as const;
  const terms = { sent: 5_000, delivered: 4_000, accepted: 100, deadLettered: 30 };
  const services = [
    [
      'plain',
      {
        arrived: 5_200,
        sent: 5_000,
        acknowledged: 3_000,
        rejected: 500,
        onTheirWay: 1_500,
        terms: undefined,
      },
    ],
    ['untold', { arrived: 9, sent: 9, acknowledged: 0, rejected: 0, onTheirWay: 2, terms: undefined }],
    [
      'holdfast',
      {
        ...{ arrived: 5_000, sent: 5_000, acknowledged: 0, rejected: 0, onTheirWay: 860 },
        terms: { ...terms, failed: 6, unknown: 4, held: 860 },
      },
    ],
  ] as const;
  expect(progressLines(brokers, services)).toEqual([
    'brokers   1 up  2 DEAD  3 PAUSED',
    'plain     sent 5,000  ok 3,000  in flight 1,500  failed 500',
    'untold    sent 9  ok -  in flight 2  failed 0',
    'holdfast  sent 5,000  ok 4,100  in flight 860  dead letters 30  failed 10',
  ]);
});
