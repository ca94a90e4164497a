import { expect, it } from 'vitest';
import { progressLines } from './progress.js';

it('shows each broker, and what each chain has sent, heard and waits for', () => {
  const brokers = [
    { id: 1, pid: 11, port: 9001, state: 'running' },
    { id: 2, pid: undefined, port: 9002, state: 'stopped' },
    { id: 3, pid: 13, port: 9003, state: 'paused' },
  ] as const;
  const progress = {
    plain: { sent: 5_000, acknowledged: 3_000, rejected: 500 },
    holdfast: { sent: 5_000, acknowledged: 4_000, rejected: 0 },
  };
  expect(progressLines(brokers, progress)).toEqual([
    'brokers   1 up  2 DEAD  3 PAUSED',
    'plain     sent 5,000  ok 3,000  in flight 1,500  failed 500',
    'holdfast  sent 5,000  ok 4,000  in flight 1,000  failed 0',
  ]);
});
