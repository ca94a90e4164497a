import type { Sample } from '../../measure/sample.js';

const progress = /^(\d+) records sent, .* ms max latency\.$/;
const steadyState = /^\d+ steady state records sent, ([\d.]+) records\/sec/;

interface Point {
  readonly records: number;
  readonly cpuMs: number;
}

/** Reads what Kafka's ProducerPerformance prints while it runs, and at the end. */
export class JavaReport {
  /** The last line that it printed. */
  last = '';
  private records = 0;
  private rate: number | undefined;
  private from: Point | undefined;
  private to: Point | undefined;

  /** @param warmUp the records before those that count */
  constructor(private readonly warmUp: number) {}

  /** @param cpuMs the processor time of the process until this line, if known */
  take(line: string, cpuMs: number | undefined): void {
    this.last = line;
    const rate = steadyState.exec(line)?.[1];
    if (rate !== undefined) this.rate = Number(rate);
    const sent = progress.exec(line)?.[1];
    if (sent === undefined) return;
    this.records += Number(sent);
    if (cpuMs === undefined || this.records < this.warmUp) return;
    this.to = { records: this.records, cpuMs };
    this.from ??= this.to;
  }

  /**
   * The rate that the program reports for the part after the warm-up, and the processor time
   * between the first and the last line of that part; `undefined` when the program did not finish.
   */
  result(): Sample | undefined {
    const { rate, from, to } = this;
    if (rate === undefined) return undefined;
    if (from === undefined || to === undefined || to.records === from.records) return { value: rate };
    const cpuNs = ((to.cpuMs - from.cpuMs) * 1e6) / (to.records - from.records);
    return { value: rate, timing: { wallNs: 1e9 / rate, cpuNs } };
  }
}
