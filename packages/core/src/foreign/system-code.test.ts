import { describe, expect, it } from 'vitest';
import { ProducerError } from '../contract/error.js';
import { codeOf } from './system-code.js';

describe('the code of an error', () => {
  it('is that of the system or of a ProducerError; undefined without one, and for a non-error', () => {
    expect(codeOf(Object.assign(new Error('full'), { code: 'ENOSPC' }))).toBe('ENOSPC');
    expect(codeOf(new ProducerError('QUEUE_FULL', 'full'))).toBe('QUEUE_FULL');
    expect(codeOf(Object.assign(new Error('odd'), { code: 28 }))).toBeUndefined();
    expect(codeOf(new Error('plain'))).toBeUndefined();
    expect(codeOf({ code: 'ENOSPC' })).toBeUndefined();
  });
});
