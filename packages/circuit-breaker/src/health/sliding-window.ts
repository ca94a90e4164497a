/**
 * Ten buckets per window, as in Polly's rolling health metrics and Hystrix's rolling statistics.
 */
const buckets = 10;

/**
 * Counts successes and failures of the last `ms` in tenths: results older than nine to ten tenths
 * of it are forgotten.
 */
export class SlidingWindow {
  failures = 0;
  successes = 0;
  private readonly failed = new Array<number>(buckets).fill(0);
  private readonly succeeded = new Array<number>(buckets).fill(0);
  /** The current tenth, counted from time 0. */
  private tenth = 0;

  constructor(private readonly ms: number) {}

  /** `now`: monotonic ms. */
  add(succeeded: boolean, now: number): void {
    this.moveTo(now);
    const bucket = this.tenth % buckets;
    if (succeeded) {
      this.successes++;
      this.succeeded[bucket] = (this.succeeded[bucket] ?? 0) + 1;
    } else {
      this.failures++;
      this.failed[bucket] = (this.failed[bucket] ?? 0) + 1;
    }
  }

  moveTo(now: number): void {
    const tenth = Math.floor((now * buckets) / this.ms);
    if (tenth <= this.tenth) return;
    if (tenth - this.tenth >= buckets) this.clear();
    else for (let old = this.tenth + 1; old <= tenth; old++) this.forget(old % buckets);
    this.tenth = tenth;
  }

  clear(): void {
    this.failures = 0;
    this.successes = 0;
    this.failed.fill(0);
    this.succeeded.fill(0);
  }

  private forget(bucket: number): void {
    this.failures -= this.failed[bucket] ?? 0;
    this.successes -= this.succeeded[bucket] ?? 0;
    this.failed[bucket] = 0;
    this.succeeded[bucket] = 0;
  }
}
