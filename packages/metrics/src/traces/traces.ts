import { nameOf, type Attempt, type BaseEnv, type Delivery } from '@holdfast/core';
import { propagation } from '@opentelemetry/api';
import { CreateSpans } from './create-spans.js';
import type { TracesOptions } from './options.js';
import { RegisteredTracer } from './registered.js';
import { SendSpans } from './send-spans.js';

type TracesEnv = Pick<BaseEnv, 'clock' | 'events' | 'logger'>;

/**
 * The spans of one producer. What the SDK, its processors and propagators throw stays in here, and is told once. Without an SDK and
 * without a propagator, no record is looked at.
 */
export class Traces {
  private readonly tracer = new RegisteredTracer();
  private readonly creates: CreateSpans;
  private readonly sends: SendSpans;
  private stopListening: (() => void) | undefined;
  private hasThrown = false;

  /** `undefined`: they are turned off. */
  static create(
    env: TracesEnv,
    { traces = {}, clientId }: { readonly traces?: false | TracesOptions; readonly clientId: string },
  ): Traces | undefined {
    return traces === false ? undefined : new Traces(env, traces, clientId);
  }

  private constructor(
    private readonly env: TracesEnv,
    { create = true }: TracesOptions,
    clientId: string,
  ) {
    const { clock } = env;
    this.creates = new CreateSpans({ clock, clientId, create, threw: (error) => this.threw(error) });
    this.sends = new SendSpans(clock, clientId);
  }

  /** From here on what a journal has kept is sent. */
  start(): void {
    try {
      if (this.tracer.current() !== undefined) this.listen();
    } catch (error) {
      this.threw(error);
    }
  }

  /** In the context of the caller of `send`, before the batch is handed on. */
  onSend(batch: readonly Delivery[]): void {
    try {
      const tracer = this.tracer.current();
      const fields = propagation.fields();
      if (tracer !== undefined) this.listen();
      else if (fields.length === 0) return;
      this.creates.sent(batch, tracer, fields);
    } catch (error) {
      this.threw(error);
    }
  }

  /** Each has its outcome; before it is handed up. */
  onSettled(batch: readonly Delivery[]): void {
    this.creates.settled(batch);
  }

  /** Ends what is open. By itself with the event `closed`. */
  stop(): void {
    this.stopListening?.();
    this.stopListening = undefined;
    this.creates.endAll();
  }

  /** Not before there is an SDK: core makes the event for those alone who listen. */
  private listen(): void {
    if (this.stopListening !== undefined) return;
    const { events } = this.env;
    const offs = [
      events.on('attempt', (attempt) => this.onAttempt(attempt)),
      events.on('closed', () => this.stop()),
    ];
    this.stopListening = () => {
      for (const off of offs) off();
    };
  }

  private onAttempt(attempt: Attempt): void {
    try {
      const tracer = this.tracer.current();
      if (tracer !== undefined) this.sends.settled(attempt, tracer, propagation.fields());
    } catch (error) {
      this.threw(error);
    }
  }

  private threw(error: unknown): void {
    if (this.hasThrown) return;
    this.hasThrown = true;
    this.env.logger.error(
      'OpenTelemetry threw; records go on, without spans or headers where it does. This is told once',
      { error: nameOf(error) },
    );
  }
}
