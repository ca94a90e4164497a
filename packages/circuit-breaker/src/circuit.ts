import type { ProducerError } from '@holdfast/core';
import type { BaseEnv } from '@holdfast/core/stage';
import type { OpenReason } from './events.js';
import { openDuration } from './open-duration.js';
import type { ResolvedCircuitBreakerOptions } from './options.js';
import { Permit, Probe } from './permit.js';
import { ProbeRound } from './probe-round.js';
import type { Verdict } from './result.js';
import { SlidingWindow } from './sliding-window.js';

export type CircuitState = 'closed' | 'open' | 'half-open' | 'isolated';

/** Hears of state changes, after they have been made. */
export interface CircuitObserver {
  opened(circuit: Circuit, reason: OpenReason, openMs: number): void;
  halfOpened(circuit: Circuit): void;
  closed(circuit: Circuit, afterMs: number): void;
  isolated(circuit: Circuit): void;
}

/**
 * The state machine of Nygard's "Release It!", with a fourth state for one that a human took out of service. It has no timer:
 * an open circuit becomes half-open when it is asked after its time.
 */
export class Circuit {
  /** The last failure that was counted since the circuit was closed. */
  lastError: ProducerError | undefined;
  /** Wall time at which it left `closed`, ms since 1970. */
  since = 0;
  /** Failures in a row while closed. */
  inARow = 0;
  private current: CircuitState = 'closed';
  private leftClosedAt = 0;
  private openUntil = 0;
  private failedProbes = 0;
  private era = 0;
  private permit = new Permit(this, 0);
  /** While half-open. */
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

  /** What the next record would meet. */
  get state(): CircuitState {
    return this.current === 'open' && this.opensInMs() === 0 ? 'half-open' : this.current;
  }

  /** Whole ms until the circuit lets a probe through, 0 when it does already; only an open one has it. */
  opensInMs(): number {
    // Rounded up, and the durations are whole: who comes back after that is never a fraction too early.
    return Math.max(0, Math.ceil(this.openUntil - this.env.clock.now()));
  }

  /** Nothing would be lost if it were made anew. */
  get isClean(): boolean {
    this.window?.moveTo(this.env.clock.now());
    return this.current === 'closed' && this.inARow === 0 && (this.window?.failures ?? 0) === 0;
  }

  /** Leave for records to go down; `undefined`: they are refused. */
  ask(): Permit | undefined {
    if (this.current === 'closed') return this.permit;
    if (this.current === 'open' && this.opensInMs() === 0) this.halfOpen();
    return this.current === 'half-open' ? this.probe() : undefined;
  }

  /** What came of records that went down by `permit`. */
  heard(permit: Permit, verdict: Verdict): void {
    if (permit.era !== this.era) return;
    if (permit instanceof Probe) return this.heardOfProbe(permit, verdict);
    if (verdict === undefined) return;
    if (verdict === 'success') {
      this.inARow = 0;
      this.window?.add(true, this.env.clock.now());
      return;
    }
    this.lastError = verdict;
    this.inARow++;
    this.window?.add(false, this.env.clock.now());
    if (this.inARow >= this.options.consecutiveFailures) this.open('consecutive-failures');
    else if (this.isRateReached()) this.open('failure-rate');
  }

  /** Open for `openMs`, or as long as its turn is. One that is isolated stays so. */
  open(reason: OpenReason, openMs = this.drawDuration()): void {
    if (this.current === 'isolated') return;
    this.leave('open');
    this.openUntil = this.env.clock.now() + openMs;
    this.observer.opened(this, reason, openMs);
  }

  close(): void {
    const { current } = this;
    this.failedProbes = 0;
    this.inARow = 0;
    this.lastError = undefined;
    this.window?.clear();
    if (current === 'closed') return;
    this.change('closed');
    this.permit = new Permit(this, this.era);
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
    const probe = new Probe(this, this.era, now);
    this.round.start(probe);
    return probe;
  }

  private heardOfProbe(probe: Probe, verdict: Verdict): void {
    if (verdict === undefined) return this.round?.ignored(probe);
    if (verdict === 'success') {
      if (this.round?.success(probe)) this.close();
      return;
    }
    this.lastError = verdict;
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
    this.era++;
    this.round = undefined;
  }

  private drawDuration(): number {
    return openDuration(this.options, this.failedProbes, this.env.random);
  }
}
