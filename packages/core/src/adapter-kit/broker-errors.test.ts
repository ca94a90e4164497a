import { describe, expect, it } from 'vitest';
import { brokerError, brokerOutcome, errorCodeOf } from './broker-errors.js';
import { protocolErrors } from './protocol-errors.js';

describe('what a broker answered, in our words', () => {
  it.each([
    [3, 'UNKNOWN_TOPIC', 'failed', true],
    [5, 'LEADER_UNAVAILABLE', 'failed', true],
    [6, 'LEADER_UNAVAILABLE', 'unknown', true],
    [7, 'REQUEST_TIMED_OUT', 'unknown', true],
    [10, 'RECORD_TOO_LARGE', 'failed', false],
    [18, 'RECORD_TOO_LARGE', 'failed', false],
    [19, 'NOT_ENOUGH_REPLICAS', 'failed', true],
    [20, 'NOT_ENOUGH_REPLICAS', 'unknown', true],
    [29, 'AUTHORIZATION_FAILED', 'failed', false],
    [58, 'AUTHENTICATION_FAILED', 'failed', false],
    [87, 'KAFKA_ERROR', 'failed', false],
    [-1, 'KAFKA_ERROR', 'unknown', false],
    [9999, 'KAFKA_ERROR', 'failed', false],
  ])('%i is %s, %s, retriable %s', (code, expected, status, retriable) => {
    const outcome = brokerOutcome(code, { topic: 'orders', partition: 2, stage: 'an adapter' });
    expect(outcome.status).toBe(status);
    expect(outcome.error).toMatchObject({ code: expected, retriable, kafka: { code }, stage: 'an adapter' });
    expect(outcome.error.message).toContain("topic 'orders', partition 2");
  });

  it('names the place as far as it is known', () => {
    expect(brokerError(3, { topic: 'orders', stage: 'x' }).message).toMatch(/^topic 'orders': /);
    expect(brokerError(31, { stage: 'x' }).message).toMatch(/^the cluster: /);
  });

  it.each([
    [32, /give ms since 1970/],
    [87, /a key in each/],
  ])('says for %i what to do about the record', (code, remedy) => {
    expect(brokerError(code, { topic: 'orders', stage: 'x' }).message).toMatch(remedy);
  });

  it('gives every code of the protocol a code of ours', () => {
    for (const { code } of protocolErrors) expect(errorCodeOf(code)).toMatch(/^[A-Z_]+$/);
  });
});
