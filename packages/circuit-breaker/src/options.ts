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

/** What shares one circuit. */
export type CircuitScope = 'cluster' | 'topic' | 'partition';

export interface CircuitBreakerOptions {
  /**
   * What shares one circuit. Default `'topic'`: a topic that is missing, or whose brokers are away, stops nobody else, and each
   * topic learns of a cluster that is away within a few calls. `'partition'` uses the partition that the record
   * asks for; a record that asks for none (the adapter chooses later) belongs to the circuit of its topic.
   */
  readonly scope?: CircuitScope;
  /**
   * Failures in a row that open a circuit; `false` or `Infinity`: none do. Default 5, as Envoy's outlier detection
   * (`consecutive_5xx`).
   */
  readonly consecutiveFailures?: number | false;
  /**
   * Share of failures within the window, above 0 up to 1, that opens a circuit; `false`: none does. Default 0.5, as
   * resilience4j's `failureRateThreshold` and Hystrix's `errorThresholdPercentage`.
   */
  readonly failureRateThreshold?: number | false;
  /** Length of that window, in ms; it moves in tenths. Default 10,000, as Hystrix's `rollingStats.timeInMilliseconds`. */
  readonly slidingWindowMs?: number;
  /** Results that the window must hold before its rate counts. Default 20, as Hystrix's `requestVolumeThreshold`. */
  readonly minimumThroughput?: number;
  /** How long a circuit is open at first, in ms. Default 1,000, as gRPC's connection backoff begins. */
  readonly openDurationMs?: number;
  /** What that is multiplied by each time that a probe fails. Default 2, as Kafka's own backoffs. */
  readonly openDurationMultiplier?: number;
  /**
   * No circuit is open for longer without a probe, in ms, and so long may a cluster be back before it is found out. Default 5,000,
   * between the longest reconnect backoff of Java's client (1 s) and of librdkafka (10 s); or `openDurationMs`, if that is longer.
   */
  readonly maxOpenDurationMs?: number;
  /**
   * Each duration is drawn from that much below to that much above itself, 0 to 1, so that many producers do not probe at
   * once. Default 0.2, as Kafka's `reconnect.backoff` and gRPC's connection backoff.
   */
  readonly jitter?: number;
  /**
   * Probes that must succeed to close a half-open circuit, and the most that are out at a time. Default 1, as Nygard's
   * "Release It!" and Polly have it. A probe is of one batch the first record of each key, 10 at most, and succeeds
   * when one of them is delivered.
   */
  readonly halfOpenProbes?: number;
  /**
   * After this many ms without any answer a probe makes room for another; its answer counts all the same when it comes.
   * Default 10,000: a connection that hangs must not keep a cluster that is back waiting.
   */
  readonly probeTimeoutMs?: number;
  /**
   * Overrides whether an outcome speaks of the cluster's health; `undefined` leaves it to the table in the README. Not asked
   * twice in a row for one and the same outcome object.
   */
  readonly classify?: (outcome: Failed | Unknown) => 'failure' | 'ignore' | undefined;
}

/** `Infinity` where a threshold is off. */
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
    return problem && `${problem} (or false for none)`;
  };

/** Refuses wrong options with `INVALID_OPTIONS`, all at once. */
export function resolveOptions(options: CircuitBreakerOptions): ResolvedCircuitBreakerOptions {
  // What is no object is refused below; until then there is nothing to read from it.
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
        ? `'openDurationMs' (${openDurationMs}) is above 'maxOpenDurationMs' (${maxOpenDurationMs})`
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
