import { systemClock } from '@holdfast/core/stage';
import { fakeClock } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { BlockingCallLimiter, blockingCallLimiterOf } from './blocking-call-limiter.js';

/** Calls that return when the test says so. */
class Calls {
  readonly begun: string[] = [];
  private readonly returns = new Map<string, () => void>();

  constructor(readonly limiter = new BlockingCallLimiter()) {}

  call(owner: object, name: string): Promise<string> {
    return this.limiter.run<string>(owner, (returned) => {
      this.begun.push(name);
      this.returns.set(name, () => returned(name));
    });
  }

  end(name: string): void {
    this.returns.get(name)?.();
  }
}

it('runs two calls at once, one per owner, and the rest in order', async () => {
  const calls = new Calls();
  const [a, b, c] = [{}, {}, {}];
  const first = calls.call(a, 'a1');
  void calls.call(a, 'a2');
  void calls.call(b, 'b1');
  void calls.call(c, 'c1');
  expect(calls.begun).toEqual(['a1', 'b1']);
  calls.end('b1');
  expect(calls.begun).toEqual(['a1', 'b1', 'c1']);
  calls.end('a1');
  expect(await first).toBe('a1');
  expect(calls.begun).toEqual(['a1', 'b1', 'c1', 'a2']);
});

it('a call that reports twice that it returned frees only its own thread', () => {
  const calls = new Calls();
  const owners = [{}, {}, {}, {}] as const;
  for (const [index, owner] of owners.entries()) void calls.call(owner, `${index}`);
  calls.end('0');
  calls.end('0');
  expect(calls.begun).toEqual(['0', '1', '2']);
});

it('is one per process, and another one in a simulated process', () => {
  const clock = fakeClock();
  expect(blockingCallLimiterOf(systemClock)).toBe(blockingCallLimiterOf(systemClock));
  expect(blockingCallLimiterOf(clock)).not.toBe(blockingCallLimiterOf(systemClock));
});
