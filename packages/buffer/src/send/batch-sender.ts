import { DeferredTask } from '@holdfast/core/internal';
import type { Delivery, Env, Timer } from '@holdfast/core/stage';
import { BatchBuilder } from '../batch/batch-builder.js';
import { InFlightBatch } from '../batch/in-flight-batch.js';
import { stuckMs } from '../batch/topic-quotas.js';
import type { ResolvedBufferOptions } from '../options.js';
import type { Backlog } from '../queue/backlog.js';
import { DownstreamReadiness } from './downstream-readiness.js';
import { InFlightLimiter } from './in-flight-limiter.js';
import { Linger } from './linger.js';
import { StalledTopicProbe } from './stalled-topic-probe.js';

/** Builds batches from the backlog and sends them, as soon as the limits allow. */
export class BatchSender {
  readonly linger: Linger;
  private readonly limiter: InFlightLimiter;
  private readonly probe: StalledTopicProbe;
  private readonly downstream: DownstreamReadiness;
  private readonly nextRun: DeferredTask;
  private timer: Timer | undefined;

  constructor(
    private readonly options: ResolvedBufferOptions,
    private readonly backlog: Backlog,
    private readonly env: Env,
    private readonly send: (batch: InFlightBatch, deliveries: Delivery[]) => void,
  ) {
    this.linger = new Linger(options, env.clock);
    this.limiter = new InFlightLimiter(env.calls, options.maxInFlight);
    this.nextRun = new DeferredTask(env.clock, () => this.run());
    this.probe = new StalledTopicProbe(env.clock, stuckMs, () => this.sendProbe());
    this.downstream = new DownstreamReadiness(env, () => this.schedule());
    env.calls.onAnswer(() => this.schedule());
  }

  /** Sends what may be sent in the next turn of the event loop. */
  schedule(): void {
    if (this.backlog.hasHeld) this.probe.schedule();
    if (this.backlog.hasOpen) this.nextRun.schedule();
  }

  /** Sends what may be sent now. */
  run(): void {
    const { backlog } = this;
    while (backlog.hasOpen && this.downstream.isReady()) {
      const now = this.env.clock.now();
      const waitMs = this.limiter.waitMs(now) || this.linger.waitMs(now, backlog);
      if (waitMs > 0) {
        this.runAfter(waitMs);
        break;
      }
      const builder = this.newBuilder(now);
      backlog.take(builder);
      if (builder.length > 0) {
        this.limiter.add(builder.batch);
        this.linger.restart();
        this.send(builder.batch, builder.deliveries);
      }
      if (builder.isPaused) this.schedule();
      if (builder.isPaused || builder.length === 0) break;
    }
    if (backlog.hasHeld) this.probe.schedule();
  }

  /** Notes that an answer to the batch has come. */
  answered(batch: InFlightBatch): void {
    this.limiter.remove(batch);
  }

  cancel(): void {
    this.timer?.cancel();
    this.probe.cancel();
  }

  private runAfter(ms: number): void {
    this.timer?.cancel();
    this.timer = this.env.clock.after(ms, () => {
      this.timer = undefined;
      this.run();
    });
  }

  /**
   * Topics of which nothing is settled share one batch per {@link stuckMs}; it takes the place of
   * no other in flight.
   */
  private sendProbe(): void {
    if (!this.downstream.isReady()) return;
    const builder = this.newBuilder(this.env.clock.now());
    this.backlog.takeHeld(builder);
    if (builder.length > 0) this.send(builder.batch, builder.deliveries);
    this.schedule();
  }

  private newBuilder(now: number): BatchBuilder {
    return new BatchBuilder(new InFlightBatch(now), this.options);
  }
}
