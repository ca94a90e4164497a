import { ProducerError } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { deadLetterQueue } from './dead-letter-queue.js';

function problemsOf(...options: unknown[]): readonly string[] {
  try {
    Reflect.apply(deadLetterQueue, undefined, options);
  } catch (error) {
    if (ProducerError.is(error) && error.code === 'INVALID_OPTIONS') return error.problems ?? [];
    throw error;
  }
  return [];
}

describe('the options', () => {
  it('require a sink', () => {
    const none = [
      "there is no sink: give topic, file or callback, such as deadLetterQueue({ topic: 'orders.dlq' })",
    ];
    expect(problemsOf({})).toEqual(none);
    expect(problemsOf({ topic: false, file: false })).toEqual(none);
    expect(problemsOf(undefined)).toEqual(['the options must be an object', ...none]);
  });

  it('are all reported at once', () => {
    const problems = problemsOf({
      topic: 'not a topic',
      file: { maxBytes: 1, unheardOf: 1 },
      callback: 'console.log',
      order: ['file', 'file'],
      filter: 1,
      stack: 'yes',
      maxHeaderBytes: 1,
      topicTimeoutMs: 0,
      surprise: 1,
    }).join('\n');
    for (const word of ["'topic'", 'directory', 'file: ', 'unheardOf', "'callback'", "'order'", "'filter'"])
      expect(problems).toContain(word);
    for (const word of ["'stack'", "'maxHeaderBytes'", "'topicTimeoutMs'", 'surprise'])
      expect(problems).toContain(word);
  });

  it.each([
    [{ topic: { suffix: '' } }],
    [{ topic: { prefix: 'x' } }],
    [{ topic: { suffix: '.x', more: 1 } }],
    [{ topic: 7 }],
    [{ topic: '.' }],
    [{ topic: '..' }],
    [{ topic: null }],
    [{ topic: ['a'] }],
    [{ topic: 'a', file: true }],
    [{ topic: 'a', order: 'topic' }],
    [{ topic: 'a', order: ['topic', 'file'] }],
    [{ topic: 'a', file: { directory: 'x' }, order: ['topic'] }],
    [{ file: { directory: 'x', maxBytes: 8_192, maxFileBytes: 9_000 } }],
  ])('refuse %j', (options) => {
    expect(problemsOf(options)).toHaveLength(1);
  });

  it('accept a complete set', () => {
    const file = { directory: 'x', maxBytes: 8_192 };
    expect(problemsOf({ topic: { suffix: '.dlq' }, file, order: ['file', 'topic'], keyHash: true })).toEqual(
      [],
    );
  });
});
