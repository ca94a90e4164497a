import type { Attempt, BaseEnv, Delivery } from '@holdfast/core/stage';
import { propagation } from '@opentelemetry/api';
import type { Problems } from '../sdk-errors.js';
import { CreateSpans } from './create-spans.js';
import type { TracesOptions } from './options.js';
import { RegisteredTracer } from './registered-tracer.js';
import { SendSpans } from './send-spans.js';

export interface TracesNeeds {
  readonly env: Pick<BaseEnv, 'clock' | 'events'>;
  readonly problems: Problems;
  readonly clientId: { readonly value: string };
}

/** The spans of one producer. What the SDK, its processors and propagators throw stays in here. */
export class Traces {
  private readonly tracer = new RegisteredTracer();
  private readonly creates: CreateSpans;
  private readonly sends: SendSpans;
  private stopListening: (() => void) | undefined;

  /** There is an SDK, or a propagator, that is registered now. */
  static hasUse(): boolean {
    try {
      return new RegisteredTracer().current() !== undefined || propagation.fields().length > 0;
    } catch {
      return true; // then it is told of when it is used
    }
  }

  /** `undefined`: they are turned off, or have no use. */
  static create(needs: TracesNeeds, traces: false | TracesOptions): Traces | undefined {
    return traces === false || !Traces.hasUse() ? undefined : new Traces(needs, traces);
  }

  private constructor(
    private readonly needs: TracesNeeds,
    { create = true, propagate = 'all' }: TracesOptions,
  ) {
    const { clock } = needs.env;
    const { clientId, problems } = needs;
    this.creates = new CreateSpans({ clock, clientId, create, propagate, problems });
    this.sends = new SendSpans(clock, clientId);
    // At once: a journal below starts first, and sends what it has kept.
    problems.contain(() => {
      if (this.tracer.current() !== undefined) this.listen();
    });
  }

  /** In the context of the caller of `send`, before the batch is handed on. */
  onSend(batch: readonly Delivery[]): void {
    try {
      const tracer = this.tracer.current();
      if (tracer !== undefined) this.listen();
      this.creates.sent(batch, tracer);
    } catch (error) {
      this.needs.problems.note(error);
    }
  }

  /** Each has its outcome; before it is handed up. */
  onSettled(batch: readonly Delivery[]): void {
    this.creates.settled(batch);
  }

  /** The producer has closed: ends what is open. */
  stop(): void {
    this.stopListening?.();
    this.stopListening = undefined;
    this.creates.endAll();
  }

  /** Not before there is an SDK: core makes the event for those alone who listen. */
  private listen(): void {
    if (this.stopListening !== undefined) return;
    this.stopListening = this.needs.env.events.on('attempt', (attempt) => this.onAttempt(attempt));
  }

  private onAttempt(attempt: Attempt): void {
    try {
      const tracer = this.tracer.current();
      if (tracer !== undefined) this.sends.settled(attempt, tracer);
    } catch (error) {
      this.needs.problems.note(error);
    }
  }
}
