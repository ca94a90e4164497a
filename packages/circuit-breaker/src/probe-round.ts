import type { Probe } from './permit.js';

/** The probes of one half-open time: at most `needed` are out at once, and so many must succeed. */
export class ProbeRound {
  private succeeded = 0;
  private readonly out = new Set<Probe>();

  constructor(
    private readonly needed: number,
    private readonly timeoutMs: number,
  ) {}

  hasRoom(now: number): boolean {
    for (const probe of this.out) if (now - probe.startedAt >= this.timeoutMs) this.out.delete(probe);
    return this.out.size + this.succeeded < this.needed;
  }

  start(probe: Probe): void {
    this.out.add(probe);
  }

  /** It says nothing of the cluster: another may try. */
  ignored(probe: Probe): void {
    this.out.delete(probe);
  }

  /** True when that was the last that was needed. A probe whose time was over counts as any other. */
  success(probe: Probe): boolean {
    this.out.delete(probe);
    this.succeeded++;
    return this.succeeded >= this.needed;
  }
}
