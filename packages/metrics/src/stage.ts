import type { EventName, Listener } from '@holdfast/core';
import { Settles, type Delivery, type Env, type Send, type Settle, type Stage } from '@holdfast/core/stage';
import type { ClientId } from './instruments/client-id.js';
import type { Problems } from './sdk-errors.js';
import type { Recorder } from './recording/recorder.js';
import type { Traces } from './traces/traces.js';

type Hear<E extends EventName> = (recorder: Recorder, payload: Parameters<Listener<E>>[0]) => void;

export interface MetricsParts {
  readonly problems: Problems;
  readonly clientId: ClientId;
  /** `undefined`: turned off, or nothing is registered that it could tell. */
  readonly traces: Traces | undefined;
  /** `undefined`: there is no SDK for metrics. */
  readonly makeRecorder: (() => Recorder) | undefined;
}

/** Stands at the top of the chain, where outcomes arrive that nothing changes any more, and listens to what goes on below. */
export class MetricsStage implements Stage {
  private readonly settles = new Settles();
  private recorder: Recorder | undefined;
  private hasBegun = false;

  constructor(
    private readonly next: Send,
    private readonly env: Env,
    private readonly parts: MetricsParts,
  ) {
    env.events.on('closed', () => this.end());
    if (parts.makeRecorder === undefined) return;
    this.hear('attempt', ({ attempts }, attempt) => attempts.heard(attempt));
    this.hear('waited', ({ stageTimes }, waited) => stageTimes.heard(waited));
    // The stages below start first, and a journal that is read may take its time: that one sees where the producer is.
    this.hear('journal.synced', (recorder, sync) => recorder.synced(sync));
    this.hear('journal.recovery', () => undefined);
  }

  start(): void {
    this.begin();
  }

  send(batch: Delivery[], settle: Settle): void {
    this.settles.note(batch, settle);
    this.parts.traces?.onSend(batch);
    this.next(batch, this.up);
  }

  // One function for all batches: the stages below remember it in place of one for each delivery.
  private readonly up: Settle = (settled) => {
    try {
      this.recorder?.deliveries.settled(settled, this.env.clock.now());
    } catch (error) {
      this.parts.problems.note(error);
    }
    this.parts.traces?.onSettled(settled);
    this.settles.up(settled);
  };

  private hear<E extends EventName>(event: E, hear: Hear<E>): void {
    this.env.events.on(event, (payload) => {
      try {
        const recorder = this.begin();
        if (recorder !== undefined) hear(recorder, payload);
      } catch (error) {
        this.parts.problems.note(error);
      }
    });
  }

  /** With the first sign of life, as a producer whose chain cannot be made has none and would never end. */
  private begin(): Recorder | undefined {
    if (!this.hasBegun) {
      this.hasBegun = true;
      this.parts.problems.contain(() => {
        this.recorder = this.parts.makeRecorder?.();
      });
    }
    return this.recorder;
  }

  private end(): void {
    this.hasBegun = true;
    const { problems, traces, clientId } = this.parts;
    problems.contain(() => this.recorder?.end());
    traces?.stop();
    clientId.giveBack();
  }
}
