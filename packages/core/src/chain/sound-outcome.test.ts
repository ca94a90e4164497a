import { describe, expect, it } from 'vitest';
import { ProducerError } from '../contract/error.js';
import { failed, unknown, type Outcome } from '../contract/outcome.js';
import { soundOutcome } from './sound-outcome.js';

const error = new ProducerError('CIRCUIT_OPEN', 'open');
/** As JavaScript may set it. */
const sound = (outcome: unknown): unknown => Reflect.apply(soundOutcome, undefined, [outcome]);

describe('soundOutcome', () => {
  it.each<Outcome>([
    { status: 'delivered', topic: 'orders', partition: 0, offset: 1, timestamp: 1 },
    { status: 'accepted', by: 'journal' },
    { status: 'dead-lettered', to: 'orders.dlq', error },
    failed(error),
    unknown(error),
  ])('leaves %o as it is', (outcome) => {
    expect(soundOutcome(outcome)).toBe(outcome);
  });

  it.each([
    [{ status: 'failed' }, 'failed'],
    [{ status: 'failed', error: new Error('out of ink') }, 'failed'],
    [{ status: 'unknown', error: 'text' }, 'unknown'],
    [{ status: 'dead-lettered', to: 'x' }, 'dead-lettered'],
    [{ status: 'rejected' }, 'unknown'],
    [{}, 'unknown'],
    ['delivered', 'unknown'],
  ])('makes one of %o', (outcome, status) => {
    expect(sound(outcome)).toMatchObject({ status, error: { code: 'STAGE_FAILED' } });
  });

  it('keeps the error that was given as the cause', () => {
    const cause = new Error('out of ink');
    expect(sound({ status: 'failed', error: cause })).toMatchObject({ error: { cause } });
  });
});
