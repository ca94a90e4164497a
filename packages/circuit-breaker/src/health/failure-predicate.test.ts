import { ProducerError, type ErrorCode, type Failed, type Unknown } from '@holdfast/core';
import { brokerOutcome } from '@holdfast/core/adapter';
import { failed, unknown } from '@holdfast/core/stage';
import { testEnv } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { FailurePredicate } from './failure-predicate.js';

const scopes = ['cluster', 'topic', 'partition'] as const;
const predicates = scopes.map((scope) => new FailurePredicate({ scope, classify: undefined }, testEnv()));

/** The scopes in which the outcome counts as a failure. */
const counts = (
  outcome: Failed | Unknown,
  record: { readonly partition: number | undefined } = { partition: 0 },
): readonly string[] =>
  scopes.filter((_, index) => predicates[index]?.failureIn(outcome, record) !== undefined);

const of = (code: ErrorCode, retriable = true, cause?: unknown): Failed =>
  failed(new ProducerError(code, 'made', { retriable, cause }));

const broker = (code: number): Failed | Unknown => brokerOutcome(code, { stage: 'test' });

describe('a failure of a circuit', () => {
  it.each([
    'BROKER_UNREACHABLE',
    'CONNECTION_LOST',
    'REQUEST_TIMED_OUT',
    'TLS_FAILED',
    'AUTHENTICATION_FAILED',
    'CLIENT_FATAL',
  ])('%s is one, retriable or not', (code) => {
    expect(counts(of(code))).toEqual(scopes);
    expect(counts(of(code, false))).toEqual(scopes);
  });

  it.each([
    'RECORD_TOO_LARGE',
    'AUTHORIZATION_FAILED',
    'INVALID_RECORD',
    'SERIALIZER_FAILED',
    'BUFFER_FULL',
    'CLIENT_QUEUE_FULL',
    'STAGE_FAILED',
    'CLOSED',
    'CIRCUIT_OPEN',
    'DELIVERY_TIMEOUT',
    'UNCLASSIFIED',
    'SOMEBODYS_OWN',
  ])('%s is not one', (code) => {
    expect(counts(of(code))).toEqual([]);
  });

  it('is an unknown topic where topics have circuits', () => {
    expect(counts(broker(3))).toEqual(['topic', 'partition']);
  });

  it('is a fault of one partition in the circuit of that partition alone', () => {
    const ofOne = [broker(5), broker(6), broker(19), broker(20), of('UNKNOWN_PARTITION', false)];
    for (const outcome of ofOne) {
      expect(counts(outcome)).toEqual(['partition']);
      // Records that request no partition belong to the circuit of their topic.
      expect(counts(outcome, { partition: undefined })).toEqual([]);
    }
  });

  it('is a broker’s answer without a code of ours if it is retriable', () => {
    expect(counts(broker(89))).toEqual(scopes); // THROTTLING_QUOTA_EXCEEDED
    expect(counts(broker(87))).toEqual([]); // INVALID_RECORD
    expect(counts(of('KAFKA_ERROR'))).toEqual([]); // librdkafka's -138: a neighbour in its request was invalid
  });

  it('is an unknown outcome, unless the reason is our own', () => {
    for (const code of [-1, 7, 13, 56]) expect(counts(broker(code))).toEqual(scopes);
    for (const code of ['UNCLASSIFIED', 'SOMEBODYS_OWN'])
      expect(counts(unknown(of(code).error))).toEqual(scopes);
    for (const code of ['STAGE_FAILED', 'CLOSE_TIMEOUT', 'CLOSED', 'DELIVERY_TIMEOUT'])
      expect(counts(unknown(of(code).error))).toEqual([]);
  });

  it('is given up for a reason that is one', () => {
    for (const code of ['DELIVERY_TIMEOUT', 'RETRIES_EXHAUSTED'] as const) {
      expect(counts(of(code, true, of('CONNECTION_LOST').error))).toEqual(scopes);
      expect(counts(of(code, true, of('RECORD_TOO_LARGE').error))).toEqual([]);
      expect(counts(of(code, true, new Error('foreign')))).toEqual([]);
    }
  });
});
