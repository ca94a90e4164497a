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

/** What the model knows about records that were sent together. */
export interface ModelPermit {
  readonly generation: number;
  readonly at: number;
  readonly isProbe: boolean;
  /** The keys of the records that were sent; '' for a record without. */
  readonly keys: string[];
  unsettled: number;
  hasWon: boolean;
  hasFailed: boolean;
}

export const admits = ({ isProbe, keys }: ModelPermit, key: string): boolean =>
  !isProbe || (keys.length < 10 && (key === '' || !keys.includes(key)));

/** A circuit as the README describes it, with plain lists and without regard to speed. */
export class ModelCircuit {
  kind: CircuitState = 'closed';
  until = 0;
  private generation = 0;
  private failedProbes = 0;
  private row = 0;
  private results: { readonly tenth: number; readonly ok: boolean }[] = [];
  private probes: ModelPermit[] = [];

  constructor(private readonly options: ModelOptions) {}

  state = (now: number): CircuitState =>
    this.kind === 'open' && now >= this.until ? 'half-open' : this.kind;

  tryAcquire(now: number): ModelPermit | undefined {
    if (this.state(now) !== this.kind) this.become('half-open');
    if (this.kind === 'open' || this.kind === 'isolated') return undefined;
    const isProbe = this.kind === 'half-open';
    const permit = {
      generation: this.generation,
      at: now,
      isProbe,
      keys: [],
      unsettled: 0,
      hasWon: false,
      hasFailed: false,
    };
    if (!isProbe) return permit;
    const { halfOpenProbes, probeTimeoutMs } = this.options;
    const busy = this.probes.filter((p) => p.hasWon || (p.unsettled > 0 && now - p.at < probeTimeoutMs));
    if (busy.length >= halfOpenProbes) return undefined;
    this.probes.push(permit);
    return permit;
  }

  settle(permit: ModelPermit, records: number, result: 'ok' | 'bad' | 'nothing', now: number): void {
    permit.unsettled -= records;
    if (permit.generation !== this.generation) return;
    if (result === 'bad') permit.hasFailed = true;
    if (this.kind === 'half-open') {
      if (result === 'ok') permit.hasWon = true;
      if (permit.unsettled === 0 && permit.hasFailed && !permit.hasWon)
        this.open(now, this.duration(++this.failedProbes));
      if (this.probes.filter((p) => p.hasWon).length >= this.options.halfOpenProbes) this.close();
      return;
    }
    if (result === 'nothing') return;
    const { consecutiveFailures, minimumThroughput, failureRateThreshold, slidingWindowMs } = this.options;
    const tenth = Math.floor((now * 10) / slidingWindowMs);
    this.results = [...this.results, { tenth, ok: result === 'ok' }].filter((r) => r.tenth > tenth - 10);
    this.row = result === 'ok' ? 0 : this.row + 1;
    const bad = this.results.filter(({ ok }) => !ok).length;
    const isRate =
      this.results.length >= minimumThroughput && bad / this.results.length >= failureRateThreshold;
    if (result === 'bad' && (this.row >= consecutiveFailures || isRate)) this.open(now, this.duration(0));
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
    this.generation++;
    this.probes = [];
  }

  private duration = (failedProbes: number): number =>
    Math.min(this.options.maxOpenDurationMs, this.options.openDurationMs * 2 ** failedProbes);
}
