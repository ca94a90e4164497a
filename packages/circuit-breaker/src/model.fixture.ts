import type { CircuitState } from './controller/circuit.js';

export interface ModelOptions {
  readonly consecutiveFailures: number;
  readonly failureRateThreshold: number;
  readonly minimumThroughput: number;
  readonly slidingWindowMs: number;
  readonly openDurationMs: number;
  readonly maxOpenDurationMs: number;
  readonly halfOpenProbes: number;
  readonly probeTimeoutMs: number;
}

/** What the model knows of records that went down together. */
export interface Ticket {
  readonly era: number;
  readonly at: number;
  readonly isProbe: boolean;
  /** Keys of the records that went down, and '' for one without. */
  readonly keys: string[];
  left: number;
  hasWon: boolean;
  hasFailed: boolean;
}

export const admits = ({ isProbe, keys }: Ticket, key: string): boolean =>
  !isProbe || (keys.length < 10 && (key === '' || !keys.includes(key)));

/** A circuit as the README describes it, written down with lists and no thought of speed. */
export class ModelCircuit {
  kind: CircuitState = 'closed';
  until = 0;
  private era = 0;
  private failedProbes = 0;
  private row = 0;
  private results: { readonly tenth: number; readonly ok: boolean }[] = [];
  private probes: Ticket[] = [];

  constructor(private readonly options: ModelOptions) {}

  state = (now: number): CircuitState =>
    this.kind === 'open' && now >= this.until ? 'half-open' : this.kind;

  ask(now: number): Ticket | undefined {
    if (this.state(now) !== this.kind) this.become('half-open');
    if (this.kind === 'open' || this.kind === 'isolated') return undefined;
    const isProbe = this.kind === 'half-open';
    const ticket = { era: this.era, at: now, isProbe, keys: [], left: 0, hasWon: false, hasFailed: false };
    if (!isProbe) return ticket;
    const { halfOpenProbes, probeTimeoutMs } = this.options;
    const busy = this.probes.filter((p) => p.hasWon || (p.left > 0 && now - p.at < probeTimeoutMs));
    if (busy.length >= halfOpenProbes) return undefined;
    this.probes.push(ticket);
    return ticket;
  }

  heard(ticket: Ticket, records: number, verdict: 'ok' | 'bad' | 'nothing', now: number): void {
    ticket.left -= records;
    if (ticket.era !== this.era) return;
    if (verdict === 'bad') ticket.hasFailed = true;
    if (this.kind === 'half-open') {
      if (verdict === 'ok') ticket.hasWon = true;
      if (ticket.left === 0 && ticket.hasFailed && !ticket.hasWon)
        this.open(now, this.duration(++this.failedProbes));
      if (this.probes.filter((p) => p.hasWon).length >= this.options.halfOpenProbes) this.close();
      return;
    }
    if (verdict === 'nothing') return;
    const { consecutiveFailures, minimumThroughput, failureRateThreshold, slidingWindowMs } = this.options;
    const tenth = Math.floor((now * 10) / slidingWindowMs);
    this.results = [...this.results, { tenth, ok: verdict === 'ok' }].filter((r) => r.tenth > tenth - 10);
    this.row = verdict === 'ok' ? 0 : this.row + 1;
    const bad = this.results.filter(({ ok }) => !ok).length;
    const isRate =
      this.results.length >= minimumThroughput && bad / this.results.length >= failureRateThreshold;
    if (verdict === 'bad' && (this.row >= consecutiveFailures || isRate)) this.open(now, this.duration(0));
  }

  open(now: number, ms: number): void {
    if (this.kind === 'isolated') return;
    this.become('open');
    this.until = now + ms;
  }

  openByHand = (now: number): void => this.open(now, this.duration(this.failedProbes));

  close(): void {
    if (this.kind !== 'closed') this.become('closed');
    this.results = [];
    this.row = this.failedProbes = 0;
  }

  isolate(): void {
    if (this.kind !== 'isolated') this.become('isolated');
  }

  private become(kind: CircuitState): void {
    this.kind = kind;
    this.era++;
    this.probes = [];
  }

  private duration = (failedProbes: number): number =>
    Math.min(this.options.maxOpenDurationMs, this.options.openDurationMs * 2 ** failedProbes);
}
