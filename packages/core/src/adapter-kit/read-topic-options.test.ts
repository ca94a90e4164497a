import { describe, expect, it } from 'vitest';
import { ProducerError } from '../contract/error.js';
import { resolveReadTopic, type ReadTopicOptions } from './read-topic-options.js';

/** As one gives them who has no type checker. */
function refusal(topic: unknown, options: object | null, more?: string[]): ProducerError {
  try {
    resolveReadTopic(topic as string, options as ReadTopicOptions, more);
  } catch (error) {
    if (ProducerError.is(error)) return error;
  }
  throw new Error('this was not refused');
}

describe('resolveReadTopic', () => {
  it('fills in the defaults', () => {
    const { from, timeoutMs, signal, env } = resolveReadTopic('t', {});
    expect({ from, timeoutMs, signal }).toEqual({ from: new Map(), timeoutMs: 30_000, signal: undefined });
    expect(env.events.has('connected')).toBe(false);
  });

  it('takes partitions by number', () => {
    expect(resolveReadTopic('t', { from: { 0: 5, 12: 0 } }).from).toEqual(
      new Map([
        [0, 5],
        [12, 0],
      ]),
    );
  });

  it('refuses everything that is wrong at once', () => {
    const error = refusal(
      '',
      { from: { x: 1, 2: -1, 3: 1.5 }, timeoutMs: 0, signal: {}, env: 1, fromBeginning: true },
      ['and this'],
    );
    expect(error).toMatchObject({ code: 'INVALID_OPTIONS', stage: 'readTopic' });
    expect(error.problems).toEqual([
      "'timeoutMs' must be a number from 1 to 2147483647 ms, not 0",
      "'signal' must be an AbortSignal",
      "'env' must be an object",
      "unknown option 'fromBeginning': readTopic has from, timeoutMs, signal, env",
      'the topic must be a string that is not empty',
      "'from' of partition 2 must be an offset, a whole number from 0",
      "'from' of partition 3 must be an offset, a whole number from 0",
      "'from' has partitions as names, not 'x'",
      'and this',
    ]);
  });

  it("takes 'from' for an object", () => {
    expect(refusal('t', { from: 5 }).problems).toEqual(["'from' must be an object"]);
  });

  it('takes no null for options', () => {
    expect(refusal('t', null).problems).toEqual(['the options must be an object']);
  });
});
