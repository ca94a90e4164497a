import { describe, expect, it } from 'vitest';
import { resolveOptions, type StartOptions } from './options.js';
import { UsageError } from './usage-error.js';

describe('options', () => {
  it('have defaults', () => {
    expect(resolveOptions({ brokers: 3 })).toMatchObject({
      brokers: 3,
      secure: false,
      autoCreateTopics: false,
      require: 'any',
      properties: {},
      startTimeoutMs: 120_000,
    });
  });

  it('are refused all at once, each with its allowed values', () => {
    const wrong = { brokers: 2, portBase: 80, require: 'some', startTimeoutMs: 0, kind: 'podman', broker: 1 };
    const attempt = (): unknown => resolveOptions(wrong as unknown as StartOptions);
    expect(attempt).toThrow(UsageError);
    for (const field of [
      'brokers: 1 or 3, not 2',
      'portBase',
      'require',
      'startTimeoutMs',
      'kind',
      'broker: no such',
    ]) {
      expect(attempt).toThrow(field);
    }
  });

  it('accept only strings as settings of the brokers', () => {
    const properties = { 'log.retention.ms': 5 } as unknown as Record<string, string>;
    expect(() => resolveOptions({ brokers: 1, properties })).toThrow('log.retention.ms has to be a string');
  });
});
