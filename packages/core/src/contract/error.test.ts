import { describe, expect, it } from 'vitest';
import { errorCodes, ProducerError } from './error.js';

describe('ProducerError', () => {
  it('has the given fields, and no others', () => {
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

  it('is recognized by another copy of the package', () => {
    // A second copy of the package has its own class under the same registered symbol.
    class Other extends Error {}
    Object.defineProperty(Other.prototype, Symbol.for('@holdfast/core/ProducerError'), { value: true });
    expect(ProducerError.is(new Other())).toBe(true);
    expect(ProducerError.is(new ProducerError('CLOSED', 'x'))).toBe(true);
    for (const no of [new Error('x'), { code: 'CLOSED' }, null, undefined, 'CLOSED']) {
      expect(ProducerError.is(no)).toBe(false);
    }
  });

  it('includes its message and its causes in JSON', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    const error = new ProducerError('DEAD_LETTERED', 'not delivered, but kept', {
      kafka: { code: 3, name: 'UNKNOWN_TOPIC_OR_PARTITION' },
      stage: 'retry',
      cause: new ProducerError('BROKER_UNREACHABLE', 'no broker', { cause: refused, retriable: true }),
    });
    expect(JSON.parse(JSON.stringify({ error }))).toEqual({
      error: {
        name: 'ProducerError',
        code: 'DEAD_LETTERED',
        message: 'not delivered, but kept',
        retriable: false,
        maybeWritten: false,
        kafka: { code: 3, name: 'UNKNOWN_TOPIC_OR_PARTITION' },
        stage: 'retry',
        cause: {
          name: 'ProducerError',
          code: 'BROKER_UNREACHABLE',
          message: 'no broker',
          cause: { name: 'Error', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:1' },
        },
      },
    });
    const details = { retryAfter: 5, maybeWritten: true, field: 'topic', problems: ['a'] };
    expect(new ProducerError('CLOSED', 'x', details).toJSON()).toMatchObject(details);
  });

  it.each(['SERIALIZER_FAILED', 'INVALID_RECORD', 'STAGE_FAILED', 'UNKNOWN_PARTITION'])(
    "leaves messages of the user's code, which may quote a record, out of the JSON: %s",
    (code) => {
      let cause: unknown;
      try {
        JSON.parse('hunter2');
      } catch (thrown) {
        cause = new TypeError('hunter2', { cause: thrown });
      }
      const json = JSON.stringify(new ProducerError(code, 'see cause', { cause }));
      expect(JSON.parse(json)).toMatchObject({ code, message: 'see cause', cause: { name: 'TypeError' } });
      expect(json).not.toContain('hunter2');
    },
  );

  it('serializes to JSON whatever its cause is', () => {
    const json = (cause: unknown): unknown =>
      JSON.parse(JSON.stringify(new ProducerError('UNCLASSIFIED', 'x', { cause })));
    const itself = new Error('round');
    itself.cause = itself;
    expect(json(itself)).toMatchObject({ cause: { message: 'round', cause: { cause: {} } } });
    expect(json('text')).toMatchObject({ cause: { name: 'string' } });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(json(proxy)).toMatchObject({ cause: { name: 'object' } });
    expect(json(null)).not.toHaveProperty('cause');
  });

  it('lists each code once', () => {
    expect(new Set(errorCodes).size).toBe(errorCodes.length);
  });
});
