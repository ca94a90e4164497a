import type { EventName, Listener } from '@holdfast/core';
import { Settles, type Delivery, type Env, type Send, type Settle, type Stage } from '@holdfast/core/stage';
import type { ClientId } from './instruments/client-id.js';
import type { Recorder } from './recording/recorder.js';
import type { SdkErrors } from './sdk-errors.js';
import type { Traces } from './traces/traces.js';

type RecordEvent<E extends EventName> = (recorder: Recorder, payload: Parameters<Listener<E>>[0]) => void;

export interface Telemetry {
  readonly sdkErrors: SdkErrors;
  readonly clientId: ClientId;
  /** `undefined` when traces are off, or nothing is registered to receive them. */
  readonly traces: Traces | undefined;
  /** `undefined` when there is no SDK for metrics. */
  readonly createRecorder: (() => Recorder) | undefined;
}

/**
 * Stands at the top of the chain, where outcomes are final, and listens to the events of the stages
 * below.
 */
export class MetricsStage implements Stage {
  private readonly settles = new Settles();
  private recorder: Recorder | undefined;
  private hasBegun = false;

  constructor(
    private readonly next: Send,
    private readonly env: Env,
    private readonly telemetry: Telemetry,
  ) {
    env.events.on('closed', () => this.end());
    if (telemetry.createRecorder === undefined) return;
    this.recordOn('attempt', ({ attempts }, attempt) => attempts.record(attempt));
    this.recordOn('waited', ({ stageDurations }, waited) => stageDurations.record(waited));
    this.recordOn('journal.synced', (recorder, sync) => recorder.recordSync(sync));
    // Begins to observe. The stages below start first, and reading a journal may take a while, in
    // which the state of the producer is to be seen.
    this.recordOn('journal.recovery', () => undefined);
  }

  start(): void {
    this.begin();
  }

  send(batch: Delivery[], settle: Settle): void {
    this.settles.note(batch, settle);
    this.telemetry.traces?.onSend(batch);
    this.next(batch, this.onSettled);
  }

  // One function for all batches, so that the stages below remember it once and not per delivery.
  private readonly onSettled: Settle = (settled) => {
    try {
      this.recorder?.deliveries.record(settled, this.env.clock.now());
    } catch (error) {
      this.telemetry.sdkErrors.report(error);
    }
    this.telemetry.traces?.onSettled(settled);
    this.settles.up(settled);
  };

  private recordOn<E extends EventName>(event: E, record: RecordEvent<E>): void {
    this.env.events.on(event, (payload) => {
      try {
        const recorder = this.begin();
        if (recorder !== undefined) record(recorder, payload);
      } catch (error) {
        this.telemetry.sdkErrors.report(error);
      }
    });
  }

  /**
   * Creates the recorder on the first sign of life. A producer whose chain cannot be built gives
   * none, and would never end its recorder.
   */
  private begin(): Recorder | undefined {
    if (!this.hasBegun) {
      this.hasBegun = true;
      this.telemetry.sdkErrors.contain(() => {
        this.recorder = this.telemetry.createRecorder?.();
      });
    }
    return this.recorder;
  }

  private end(): void {
    this.hasBegun = true;
    const { sdkErrors, traces, clientId } = this.telemetry;
    sdkErrors.contain(() => this.recorder?.end());
    traces?.stop();
    clientId.release();
  }
}
