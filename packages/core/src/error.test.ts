import { describe, expect, it } from 'vitest';
import { errorCodes, ProducerError } from './error.js';

describe('ProducerError', () => {
  it('has what it was given, and nothing else', () => {
    const plain = new ProducerError('CLOSED', 'closed');
    expect({ ...plain }).toEqual({
      name: 'ProducerError',
      code: 'CLOSED',
      retriable: false,
      maybeWritten: false,
    });
    expect('cause' in plain).toBe(false);
    const details = {
      kafka: { code: 7, name: 'REQUEST_TIMED_OUT' },
      retriable: true,
      retryAfter: 5,
      maybeWritten: true,
      cause: new Error('x'),
      stage: 'retry',
      field: 'topic',
      problems: ['a'],
    };
    expect(new ProducerError('KAFKA_ERROR', 'x', details)).toMatchObject(details);
  });

  it('is known to another copy of the package', () => {
    // As a second copy has it: a class of its own under the same registered symbol.
    class Other extends Error {}
    Object.defineProperty(Other.prototype, Symbol.for('@holdfast/core/ProducerError'), { value: true });
    expect(ProducerError.is(new Other())).toBe(true);
    expect(ProducerError.is(new ProducerError('CLOSED', 'x'))).toBe(true);
    for (const no of [new Error('x'), { code: 'CLOSED' }, null, undefined, 'CLOSED']) {
      expect(ProducerError.is(no)).toBe(false);
    }
  });

  it('knows each code once', () => {
    expect(new Set(errorCodes).size).toBe(errorCodes.length);
  });
});
