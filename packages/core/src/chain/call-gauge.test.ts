import { fakeClock } from '@holdfast/testing';
import { expect, it, vi } from 'vitest';
import { CallGauge } from './call-gauge.js';

it('counts calls until their first answer, but not those that are stuck', async () => {
  const clock = fakeClock();
  const gauge = new CallGauge(clock);
  const listener = vi.fn();
  gauge.onAnswer(listener);
  const stuck = gauge.started();
  await clock.advance(250);
  const young = gauge.started();
  expect(gauge.unanswered(251)).toBe(2);
  expect(gauge.unanswered(250)).toBe(1);
  gauge.answered(young);
  gauge.answered(young);
  expect(gauge.unanswered(250)).toBe(0);
  expect(listener).toHaveBeenCalledTimes(1);
  gauge.answered(stuck);
  expect(gauge.unanswered(Infinity)).toBe(0);
});
