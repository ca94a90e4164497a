import type { ProducerError } from '@holdfast/core';
import type { BaseEnv } from '@holdfast/core/stage';
import type { OpenReason } from '../events.js';
import type { HealthResult } from '../health/health-result.js';
import { SlidingWindow } from '../health/sliding-window.js';
import type { ResolvedCircuitBreakerOptions } from '../options.js';
import { openDuration } from './open-duration.js';
import { Permit, Probe } from './permit.js';
import { ProbeRound } from './probe-round.js';

export type CircuitState = 'closed' | 'open' | 'half-open' | 'isolated';

/** Is notified of state changes after they have been made. */
export interface CircuitObserver {
  opened(circuit: Circuit, reason: OpenReason, openMs: number): void;
  halfOpened(circuit: Circuit): void;
  closed(circuit: Circuit, afterMs: number): void;
  isolated(circuit: Circuit): void;
}

/**
 * The state machine of Nygard's "Release It!", with a fourth state for a circuit that a human took
 * out of service. It has no timer: an open circuit becomes half-open when it is asked for a permit
 * after its open duration.
 */
export class Circuit {
  /** The last failure that was counted since the circuit was closed. */
  lastError: ProducerError | undefined;
  /** When it left `closed`, wall time, ms since 1970. */
  since = 0;
  /** Failures in a row while closed. */
  consecutiveFailures = 0;
  private current: CircuitState = 'closed';
  private leftClosedAt = 0;
  private openUntil = 0;
  private failedProbes = 0;
  /** Counts the state changes. */
  private generation = 0;
  private permit = new Permit(0);
  /** Only while half-open. */
  private round: ProbeRound | undefined;
  private readonly window: SlidingWindow | undefined;

  constructor(
    readonly name: string,
    private readonly options: ResolvedCircuitBreakerOptions,
    private readonly env: Pick<BaseEnv, 'clock' | 'random'>,
    private readonly observer: CircuitObserver,
  ) {
    if (options.failureRateThreshold <= 1) this.window = new SlidingWindow(options.slidingWindowMs);
  }

  /** The state that the next record would meet. */
  get state(): CircuitState {
    return this.current === 'open' && this.openForMs() === 0 ? 'half-open' : this.current;
  }

  /** Whole ms until an open circuit lets a probe through; 0 if it does already. */
  openForMs(): number {
    // Rounded up, and the durations are whole: a record that comes back after that is never a
    // fraction too early.
    return Math.max(0, Math.ceil(this.openUntil - this.env.clock.now()));
  }

  /** Whether nothing would be lost if the circuit were made anew. */
  get isClean(): boolean {
    this.window?.moveTo(this.env.clock.now());
    return this.current === 'closed' && this.consecutiveFailures === 0 && (this.window?.failures ?? 0) === 0;
  }

  /** Returns a permit to send records; `undefined`: they are refused. */
  tryAcquire(): Permit | undefined {
    if (this.current === 'closed') return this.permit;
    if (this.current === 'open' && this.openForMs() === 0) this.halfOpen();
    return this.current === 'half-open' ? this.probe() : undefined;
  }

  /** Takes the result of records that were sent with `permit` and settled together. */
  settle(permit: Permit, records: number, latest: HealthResult): void {
    const result = permit.settle(records, latest);
    if (result === 'pending' || permit.generation !== this.generation) return;
    if (permit instanceof Probe) return this.settleProbe(permit, result);
    if (result === undefined) return;
    if (result === 'success') {
      this.consecutiveFailures = 0;
      this.window?.add(true, this.env.clock.now());
      return;
    }
    this.lastError = result;
    this.consecutiveFailures++;
    this.window?.add(false, this.env.clock.now());
    if (this.consecutiveFailures >= this.options.consecutiveFailures) this.open('consecutive-failures');
    else if (this.isRateReached()) this.open('failure-rate');
  }

  /**
   * Opens for `openMs`, by default for the open duration that is due. An isolated circuit stays
   * isolated.
   */
  open(reason: OpenReason, openMs = this.drawDuration()): void {
    if (this.current === 'isolated') return;
    this.leave('open');
    this.openUntil = this.env.clock.now() + openMs;
    this.observer.opened(this, reason, openMs);
  }

  close(): void {
    const { current } = this;
    this.failedProbes = 0;
    this.consecutiveFailures = 0;
    this.lastError = undefined;
    this.window?.clear();
    if (current === 'closed') return;
    this.change('closed');
    this.permit = new Permit(this.generation);
    this.observer.closed(this, this.env.clock.now() - this.leftClosedAt);
  }

  isolate(): void {
    if (this.current === 'isolated') return;
    this.leave('isolated');
    this.observer.isolated(this);
  }

  private halfOpen(): void {
    this.change('half-open');
    this.round = new ProbeRound(this.options.halfOpenProbes, this.options.probeTimeoutMs);
    this.observer.halfOpened(this);
  }

  private probe(): Probe | undefined {
    const now = this.env.clock.now();
    if (!this.round?.hasRoom(now)) return undefined;
    const probe = new Probe(this.generation, now);
    this.round.start(probe);
    return probe;
  }

  private settleProbe(probe: Probe, result: HealthResult): void {
    if (result === undefined) return this.round?.ignore(probe);
    if (result === 'success') {
      if (this.round?.succeed(probe)) this.close();
      return;
    }
    this.lastError = result;
    this.failedProbes++;
    this.open('probe-failed');
  }

  private isRateReached(): boolean {
    if (this.window === undefined) return false;
    const { failures, successes } = this.window;
    const all = failures + successes;
    return all >= this.options.minimumThroughput && failures / all >= this.options.failureRateThreshold;
  }

  private leave(to: 'open' | 'isolated'): void {
    if (this.current === 'closed') {
      this.since = this.env.clock.wallTime();
      this.leftClosedAt = this.env.clock.now();
    }
    this.change(to);
  }

  private change(to: CircuitState): void {
    this.current = to;
    this.generation++;
    this.round = undefined;
  }

  private drawDuration(): number {
    return openDuration(this.options, this.failedProbes, this.env.random);
  }
}
