import type { Attempt, BaseEnv, Delivery } from '@holdfast/core/stage';
import { propagation } from '@opentelemetry/api';
import type { SdkErrors } from '../sdk-errors.js';
import { CreateSpans } from './create-spans.js';
import type { TracesOptions } from './options.js';
import { RegisteredTracer } from './registered-tracer.js';
import { SendSpans } from './send-spans.js';

export interface TracesContext {
  readonly env: Pick<BaseEnv, 'clock' | 'events'>;
  readonly sdkErrors: SdkErrors;
  readonly clientId: { readonly value: string };
}

/** The spans of one producer. Errors of the SDK, its processors and propagators do not leave it. */
export class Traces {
  private readonly tracer = new RegisteredTracer();
  private readonly creates: CreateSpans;
  private readonly sends: SendSpans;
  private stopListening: (() => void) | undefined;

  /** Returns whether an SDK or a propagator is registered. */
  static hasUse(): boolean {
    try {
      return new RegisteredTracer().current() !== undefined || propagation.fields().length > 0;
    } catch {
      return true; // the error is reported when the SDK is used
    }
  }

  /** Returns `undefined` when traces are off, or nothing is registered to receive them. */
  static create(context: TracesContext, traces: false | TracesOptions): Traces | undefined {
    return traces === false || !Traces.hasUse() ? undefined : new Traces(context, traces);
  }

  private constructor(
    private readonly context: TracesContext,
    { create = true, propagate = 'all' }: TracesOptions,
  ) {
    const { clock } = context.env;
    const { clientId, sdkErrors } = context;
    this.creates = new CreateSpans({ clock, clientId, create, propagate, sdkErrors });
    this.sends = new SendSpans(clock, clientId);
    // Not only at start: a journal below starts first, and sends what it has kept.
    sdkErrors.contain(() => {
      if (this.tracer.current() !== undefined) this.listen();
    });
  }

  /** Runs in the context of the caller of `send`, before the batch is handed down. */
  onSend(batch: readonly Delivery[]): void {
    try {
      const tracer = this.tracer.current();
      if (tracer !== undefined) this.listen();
      this.creates.onSend(batch, tracer);
    } catch (error) {
      this.context.sdkErrors.report(error);
    }
  }

  /** Runs before the settled batch is handed up. */
  onSettled(batch: readonly Delivery[]): void {
    this.creates.onSettled(batch);
  }

  /** Ends open spans when the producer has closed. */
  stop(): void {
    this.stopListening?.();
    this.stopListening = undefined;
    this.creates.endAll();
  }

  /** Listens once there is an SDK. Without a listener, core does not create the event. */
  private listen(): void {
    if (this.stopListening !== undefined) return;
    this.stopListening = this.context.env.events.on('attempt', (attempt) => this.onAttempt(attempt));
  }

  private onAttempt(attempt: Attempt): void {
    try {
      const tracer = this.tracer.current();
      if (tracer !== undefined) this.sends.onAttempt(attempt, tracer);
    } catch (error) {
      this.context.sdkErrors.report(error);
    }
  }
}
