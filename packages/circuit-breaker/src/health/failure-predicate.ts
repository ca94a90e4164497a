import { ProducerError, type ErrorCode, type Failed, type Unknown } from '@holdfast/core';
import { Classifier, type Env, type SerializedRecord } from '@holdfast/core/stage';
import type { CircuitScope, ResolvedCircuitBreakerOptions } from '../options.js';

/** The next records for this place will most likely fail the same way. */
const healthCodes: readonly ErrorCode[] = [
  'BROKER_UNREACHABLE',
  'CONNECTION_LOST',
  'REQUEST_TIMED_OUT',
  'TLS_FAILED',
  'AUTHENTICATION_FAILED',
  'CLIENT_FATAL',
];

/**
 * A fault of one partition must not stop the others of its topic, nor a fault of a topic the others
 * of its cluster: these count only in a circuit that is no wider than what they concern.
 */
const topicCodes: readonly ErrorCode[] = ['UNKNOWN_TOPIC'];
const partitionCodes: readonly ErrorCode[] = [
  'LEADER_UNAVAILABLE',
  'NOT_ENOUGH_REPLICAS',
  'UNKNOWN_PARTITION',
];

const narrowerThan: { readonly [scope in CircuitScope]: ReadonlySet<ErrorCode> } = {
  cluster: new Set([...topicCodes, ...partitionCodes]),
  topic: new Set(partitionCodes),
  partition: new Set(),
};

/** It is not known whether the record was written, but for a reason of our own. */
const ownCodes: readonly ErrorCode[] = ['STAGE_FAILED', 'CLOSED', 'CLOSE_TIMEOUT', 'DELIVERY_TIMEOUT'];

/** A stage gave up; its reason is the `cause`. */
const wrappers: readonly ErrorCode[] = ['DELIVERY_TIMEOUT', 'RETRIES_EXHAUSTED'];

const counted: ReadonlySet<ErrorCode> = new Set([...healthCodes, ...topicCodes, ...partitionCodes]);

const rules = {
  stage: 'circuitBreaker',
  answers: ['failure', 'ignore'],
  otherwise: 'the error code',
} as const;

/** Decides which outcomes count as failures of a circuit. */
export class FailurePredicate {
  private readonly scope: CircuitScope;
  private readonly classifier: Classifier<'failure' | 'ignore'>;

  constructor(
    { scope, classify }: Pick<ResolvedCircuitBreakerOptions, 'scope' | 'classify'>,
    env: Pick<Env, 'logger' | 'events'>,
  ) {
    this.scope = scope;
    this.classifier = new Classifier(rules, classify, env);
  }

  /** Returns the error if this outcome counts as a failure of the circuit of its record. */
  failureIn(
    outcome: Failed | Unknown,
    record: Pick<SerializedRecord, 'partition'>,
  ): ProducerError | undefined {
    const answer = this.classifier.ask(outcome);
    if (answer === 'ignore') return undefined;
    return answer === 'failure' || this.isHealthFailure(outcome, record) ? outcome.error : undefined;
  }

  private isHealthFailure(
    { status, error: outermost }: Failed | Unknown,
    { partition }: Pick<SerializedRecord, 'partition'>,
  ): boolean {
    const { code, retriable, kafka } = rootOf(outermost);
    const scope = this.scope === 'partition' && partition === undefined ? 'topic' : this.scope;
    if (narrowerThan[scope].has(code)) return false;
    if (counted.has(code)) return true;
    if (status === 'unknown') return !ownCodes.includes(code);
    // Without a broker's answer it concerns a record: librdkafka fails the records beside an
    // invalid one like that.
    return code === 'KAFKA_ERROR' && retriable && kafka !== undefined;
  }
}

function rootOf(error: ProducerError): ProducerError {
  let root = error;
  for (let depth = 0; depth < wrappers.length && wrappers.includes(root.code); depth++) {
    if (!ProducerError.is(root.cause)) break;
    root = root.cause;
  }
  return root;
}
