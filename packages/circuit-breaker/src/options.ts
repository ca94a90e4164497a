import type { Failed, Unknown } from '@holdfast/core';
import {
  aFunction,
  anObject,
  asNumber,
  checkOptions,
  numberBetween,
  oneOf,
  wholeNumberBetween,
  type OptionCheck,
} from '@holdfast/core/stage';

/** Which records share a circuit. */
export type CircuitScope = 'cluster' | 'topic' | 'partition';

export interface CircuitBreakerOptions {
  /**
   * Which records share a circuit. Default `'topic'`: a topic that is missing, or whose brokers are
   * away, does not stop others, and the circuit of each topic opens within a few calls when the
   * cluster is away. `'partition'` uses the partition that a record requests; a record that
   * requests none, so that the adapter chooses it later, belongs to the circuit of its topic.
   */
  readonly scope?: CircuitScope;
  /**
   * Failures in a row that open a circuit; `false` or `Infinity`: no number does. Default 5, like
   * Envoy's outlier detection (`consecutive_5xx`).
   */
  readonly consecutiveFailures?: number | false;
  /**
   * The share of failures within the window, above 0 up to 1, that opens a circuit; `false`: no
   * share does. Default 0.5, like resilience4j's `failureRateThreshold` and Hystrix's
   * `errorThresholdPercentage`.
   */
  readonly failureRateThreshold?: number | false;
  /**
   * The length of that window, in ms; it moves in tenths. Default 10,000, like Hystrix's
   * `rollingStats.timeInMilliseconds`.
   */
  readonly slidingWindowMs?: number;
  /**
   * The results that the window must hold before its rate counts. Default 20, like Hystrix's
   * `requestVolumeThreshold`.
   */
  readonly minimumThroughput?: number;
  /** The first open duration, in ms. Default 1,000, like the first connection backoff of gRPC. */
  readonly openDurationMs?: number;
  /**
   * The factor by which each failed probe lengthens the open duration. Default 2, like Kafka's own
   * backoffs.
   */
  readonly openDurationMultiplier?: number;
  /**
   * The longest open duration, in ms: a cluster may be back for that long before a probe finds out.
   * Default 5,000, between the longest reconnect backoffs of Java's client (1 s) and librdkafka (10
   * s); or `openDurationMs` if that is longer.
   */
  readonly maxOpenDurationMs?: number;
  /**
   * The share, 0 to 1, by which each open duration varies at random to both sides, so that many
   * producers do not probe at once. Default 0.2, like Kafka's `reconnect.backoff` and gRPC's
   * connection backoff.
   */
  readonly jitter?: number;
  /**
   * Probes that must succeed to close a half-open circuit, and the most that are in flight at once.
   * Default 1, as in Nygard's "Release It!" and in Polly. A probe consists of the first record of
   * each key in one batch, at most 10, and succeeds when one of them is delivered.
   */
  readonly halfOpenProbes?: number;
  /**
   * The time without any answer, in ms, after which another probe may start. A later answer still
   * counts. Default 10,000: a connection that hangs must not delay the use of a cluster that is
   * back.
   */
  readonly probeTimeoutMs?: number;
  /**
   * Overrides whether an outcome counts as a failure; `undefined` leaves that to the table in the
   * README. It is not called twice in a row for the same outcome object.
   */
  readonly classify?: (outcome: Failed | Unknown) => 'failure' | 'ignore' | undefined;
}

/** A threshold that is off is `Infinity`. */
export type ResolvedCircuitBreakerOptions = Required<
  Omit<CircuitBreakerOptions, 'classify' | 'consecutiveFailures' | 'failureRateThreshold'>
> & {
  readonly consecutiveFailures: number;
  readonly failureRateThreshold: number;
  readonly classify: CircuitBreakerOptions['classify'];
};

const aDay = 24 * 60 * 60 * 1000;

const orFalse =
  (check: OptionCheck): OptionCheck =>
  (value) => {
    const problem = value === false ? undefined : check(value);
    return problem && `${problem} (or false to switch it off)`;
  };

/**
 * Checks the options and applies the defaults. Throws `INVALID_OPTIONS` with all problems at once.
 */
export function resolveOptions(options: CircuitBreakerOptions): ResolvedCircuitBreakerOptions {
  // A value that is not an object is refused below; there is nothing to read from it before.
  const given: CircuitBreakerOptions = anObject(options) === undefined ? options : {};
  const { openDurationMs = 1_000 } = given;
  const { maxOpenDurationMs = Math.max(5_000, openDurationMs) } = given;
  checkOptions(
    'circuitBreaker',
    options,
    {
      scope: oneOf('cluster', 'topic', 'partition'),
      consecutiveFailures: orFalse(wholeNumberBetween(1, Infinity)),
      failureRateThreshold: orFalse(numberBetween(0.001, 1)),
      slidingWindowMs: numberBetween(10, aDay, 'ms'),
      minimumThroughput: wholeNumberBetween(1, 1_000_000_000),
      openDurationMs: numberBetween(1, aDay, 'ms'),
      openDurationMultiplier: numberBetween(1, 100),
      maxOpenDurationMs: numberBetween(1, aDay, 'ms'),
      jitter: numberBetween(0, 1),
      halfOpenProbes: wholeNumberBetween(1, 1_000),
      probeTimeoutMs: numberBetween(1, aDay, 'ms'),
      classify: aFunction,
    },
    [
      asNumber(openDurationMs) > asNumber(maxOpenDurationMs)
        ? `'openDurationMs' (${openDurationMs}) must not exceed 'maxOpenDurationMs' (${maxOpenDurationMs})`
        : undefined,
    ],
  );
  return {
    scope: options.scope ?? 'topic',
    consecutiveFailures: threshold(options.consecutiveFailures, 5),
    failureRateThreshold: threshold(options.failureRateThreshold, 0.5),
    slidingWindowMs: options.slidingWindowMs ?? 10_000,
    minimumThroughput: options.minimumThroughput ?? 20,
    openDurationMs,
    openDurationMultiplier: options.openDurationMultiplier ?? 2,
    maxOpenDurationMs,
    jitter: options.jitter ?? 0.2,
    halfOpenProbes: options.halfOpenProbes ?? 1,
    probeTimeoutMs: options.probeTimeoutMs ?? 10_000,
    classify: options.classify,
  };
}

const threshold = (given: number | false | undefined, byDefault: number): number =>
  given === false ? Infinity : (given ?? byDefault);
