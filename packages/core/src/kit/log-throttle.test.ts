import { fakeClock } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { LogThrottle } from './log-throttle.js';

it('lets a code of a topic through once a minute, and anew when the topic has worked', async () => {
  const clock = fakeClock();
  const throttle = new LogThrottle(clock);
  const due = (): boolean[] => [throttle.isDue('a', 'X'), throttle.isDue('a', 'Y'), throttle.isDue('b', 'X')];
  expect(throttle.isEmpty).toBe(true);
  expect(due()).toEqual([true, true, true]);
  await clock.advance(59_999);
  expect(due()).toEqual([false, false, false]);
  throttle.forget('b');
  expect(due()).toEqual([false, false, true]);
  await clock.advance(1);
  expect(due()).toEqual([true, true, false]);
});

it('remembers a thousand topics, and not one more', () => {
  const throttle = new LogThrottle(fakeClock());
  for (let i = 0; i < 1_000; i++) expect(throttle.isDue(`t${i}`, 'X')).toBe(true);
  expect(throttle.isDue('t0', 'X')).toBe(false);
  expect(throttle.isDue('new', 'X')).toBe(true);
  expect(throttle.isDue('t0', 'X')).toBe(true);
});
