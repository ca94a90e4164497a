import { ProducerError, type Outcome } from '@holdfast/core';
import { brokerOutcome } from '@holdfast/core/adapter';
import { failed, unknown } from '@holdfast/core/stage';
import { describe, expect, it } from 'vitest';
import { wasSent } from './was-sent.js';

const stage = 'client';
const own = (code: string): Outcome => failed(new ProducerError(code, 'not sent', { stage }));

describe('wasSent', () => {
  it.each([
    'BROKER_UNREACHABLE',
    'CLIENT_QUEUE_FULL',
    'UNKNOWN_PARTITION',
    'RECORD_TOO_LARGE',
    'DELIVERY_TIMEOUT',
    'CLOSED',
    'CLIENT_FATAL',
  ])('%s without a response of a broker means that the record was never sent', (code) => {
    expect(wasSent(own(code))).toBe(false);
  });

  it('a record that may be written may have been sent', () => {
    expect(wasSent(unknown(new ProducerError('CONNECTION_LOST', 'no answer', { stage })))).toBe(true);
  });

  it.each([
    [2, true, 'CORRUPT_MESSAGE'],
    [6, true, 'NOT_LEADER_OR_FOLLOWER'],
    [10, true, 'MESSAGE_TOO_LARGE'],
    [19, true, 'NOT_ENOUGH_REPLICAS'],
    [3, false, 'UNKNOWN_TOPIC_OR_PARTITION, the response to a metadata request'],
    [5, false, 'LEADER_NOT_AVAILABLE, the same'],
    [29, false, 'TOPIC_AUTHORIZATION_FAILED, the same'],
    [58, false, 'SASL_AUTHENTICATION_FAILED, at the login'],
  ])('broker code %i: %s (%s)', (code, sent) => {
    expect(wasSent(brokerOutcome(code, { stage }))).toBe(sent);
  });
});
