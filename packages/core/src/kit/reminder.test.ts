import { fakeClock } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { Reminder } from './reminder.js';

it('says a code of a topic once a minute, and anew when the topic has worked', async () => {
  const clock = fakeClock();
  const reminder = new Reminder(clock);
  const due = (): boolean[] => [reminder.isDue('a', 'X'), reminder.isDue('a', 'Y'), reminder.isDue('b', 'X')];
  expect(reminder.isEmpty).toBe(true);
  expect(due()).toEqual([true, true, true]);
  await clock.advance(59_999);
  expect(due()).toEqual([false, false, false]);
  reminder.forget('b');
  expect(due()).toEqual([false, false, true]);
  await clock.advance(1);
  expect(due()).toEqual([true, true, false]);
});

it('remembers a thousand topics, and not one more', () => {
  const reminder = new Reminder(fakeClock());
  for (let i = 0; i < 1_000; i++) expect(reminder.isDue(`t${i}`, 'X')).toBe(true);
  expect(reminder.isDue('t0', 'X')).toBe(false);
  expect(reminder.isDue('new', 'X')).toBe(true);
  expect(reminder.isDue('t0', 'X')).toBe(true);
});
