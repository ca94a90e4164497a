import {
  ProducerError,
  type Delivery,
  type Env,
  type ErrorCode,
  type Failed,
  type Unknown,
} from '@holdfast/core';
import type { CircuitScope, ResolvedCircuitBreakerOptions } from './options.js';

/** What one result says of a circuit's health: the error that speaks against it, a success, or nothing. */
export type Verdict = ProducerError | 'success' | undefined;

/** Whoever comes next to this place will most likely meet the same. */
const healthCodes: readonly ErrorCode[] = [
  'BROKER_UNREACHABLE',
  'CONNECTION_LOST',
  'REQUEST_TIMED_OUT',
  'LEADER_UNAVAILABLE',
  'NOT_ENOUGH_REPLICAS',
  'TLS_FAILED',
  'AUTHENTICATION_FAILED',
  'CLIENT_FATAL',
];

/**
 * A place that is not there speaks of that place alone. `UNKNOWN_PARTITION` is the asking record's own mistake (a missing
 * topic is `UNKNOWN_TOPIC`), so it must not stop the topic's other records.
 */
const placeCodes: { readonly [scope in CircuitScope]: readonly ErrorCode[] } = {
  cluster: [],
  topic: ['UNKNOWN_TOPIC'],
  partition: ['UNKNOWN_TOPIC', 'UNKNOWN_PARTITION'],
};

/** Whether the record may be written is not known, but for a reason of ours. */
const ownCodes: readonly ErrorCode[] = ['STAGE_FAILED', 'CLOSED', 'CLOSE_TIMEOUT', 'DELIVERY_TIMEOUT'];

/** Say that somebody gave up; why, their cause says. */
const wrappers: readonly ErrorCode[] = ['DELIVERY_TIMEOUT', 'RETRIES_EXHAUSTED'];

/** Says which outcomes speak of a circuit's health. */
export class Judge {
  private readonly codes: ReadonlySet<ErrorCode>;
  private readonly classify: ResolvedCircuitBreakerOptions['classify'];

  constructor(
    { scope, classify }: Pick<ResolvedCircuitBreakerOptions, 'scope' | 'classify'>,
    private readonly env: Pick<Env, 'logger' | 'events'>,
  ) {
    this.codes = new Set([...healthCodes, ...placeCodes[scope]]);
    this.classify = classify;
  }

  /** The error when this outcome speaks against the circuit. */
  against(outcome: Failed | Unknown): ProducerError | undefined {
    const said = this.classify === undefined ? undefined : this.ask(this.classify, outcome);
    if (said === 'ignore') return undefined;
    return said === 'failure' || this.isHealthFailure(outcome) ? outcome.error : undefined;
  }

  /** Deliveries of one circuit that came back together are one result: a batch of 1,000 that fails is one failure. */
  of(settled: readonly Delivery[]): Verdict {
    let delivered = false;
    let previous: Failed | Unknown | undefined;
    for (const { outcome } of settled) {
      if (outcome?.status === 'delivered') delivered = true;
      else if (outcome?.status === 'failed' || outcome?.status === 'unknown') {
        if (outcome === previous) continue;
        previous = outcome;
        const error = this.against(outcome);
        if (error !== undefined) return error;
      }
    }
    return delivered ? 'success' : undefined;
  }

  private isHealthFailure({ status, error: outermost }: Failed | Unknown): boolean {
    const { code, retriable, kafka } = rootOf(outermost);
    if (this.codes.has(code)) return true;
    if (status === 'unknown') return !ownCodes.includes(code);
    // Without the broker's answer it is about a record: librdkafka fails those beside an invalid one like that.
    return code === 'KAFKA_ERROR' && retriable && kafka !== undefined;
  }

  /** What the user says; one who throws says nothing. */
  private ask(
    classify: NonNullable<ResolvedCircuitBreakerOptions['classify']>,
    outcome: Failed | Unknown,
  ): 'failure' | 'ignore' | undefined {
    try {
      const said: unknown = classify(outcome);
      if (said === undefined || said === 'failure' || said === 'ignore') return said;
      if (said instanceof Promise) said.catch(() => undefined);
      throw new TypeError(
        "classify of circuitBreaker must return 'failure', 'ignore' or undefined, and not a promise",
      );
    } catch (error) {
      this.env.logger.error('classify of circuitBreaker threw; the error code decides');
      this.env.events.emit('callbackError', { error });
      return undefined;
    }
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
