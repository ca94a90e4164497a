import { describe, expect, it } from 'vitest';
import { ProducerError } from './error.js';
import { asMaybeWritten } from './maybe-written.js';

describe('asMaybeWritten', () => {
  it('returns the same error with maybeWritten set', () => {
    const cause = new Error('reset');
    const error = new ProducerError('CONNECTION_LOST', 'no answer came', {
      kafka: { code: 13, name: 'NETWORK_EXCEPTION' },
      retriable: true,
      retryAfter: 5,
      stage: 'kafkajs',
      cause,
    });
    const marked = asMaybeWritten(error);
    expect(marked).toMatchObject({ ...error, maybeWritten: true });
    expect(marked.message).toBe(error.message);
    expect(marked.stack).toBe(error.stack);
    expect(marked.cause).toBe(cause);
    expect(error.maybeWritten).toBe(false);
  });

  it('returns one error for all records that share one', () => {
    const error = new ProducerError('REQUEST_TIMED_OUT', 'late');
    expect(asMaybeWritten(error)).toBe(asMaybeWritten(error));
    expect(asMaybeWritten(asMaybeWritten(error))).toBe(asMaybeWritten(error));
  });
});
