import type { Probe } from './permit.js';

/**
 * The probes of one half-open period: at most `needed` are in flight at once, and that many must
 * succeed.
 */
export class ProbeRound {
  private succeeded = 0;
  private readonly inFlight = new Set<Probe>();

  constructor(
    private readonly needed: number,
    private readonly timeoutMs: number,
  ) {}

  hasRoom(now: number): boolean {
    for (const probe of this.inFlight)
      if (now - probe.startedAt >= this.timeoutMs) this.inFlight.delete(probe);
    return this.inFlight.size + this.succeeded < this.needed;
  }

  start(probe: Probe): void {
    this.inFlight.add(probe);
  }

  /** The probe says nothing about the cluster: another may start. */
  ignore(probe: Probe): void {
    this.inFlight.delete(probe);
  }

  /**
   * Returns whether that was the last success needed. A probe that had timed out counts like any
   * other.
   */
  succeed(probe: Probe): boolean {
    this.inFlight.delete(probe);
    this.succeeded++;
    return this.succeeded >= this.needed;
  }
}
