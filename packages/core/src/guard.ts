import type { Delivery } from './delivery.js';
import { ProducerError } from './error.js';
import type { EventSink } from './events.js';
import type { Logger } from './logger.js';
import type { Settle } from './middleware.js';
import { unknown } from './outcome.js';

/**
 * The development guard: finds the stage that settles a delivery twice, settles one it does not hold, gives no outcome, or
 * never settles. On unless `NODE_ENV` is `production`; it costs a store and a compare per record and stage, and a set entry
 * a record.
 */
export class Guard {
  private readonly outstanding = new Set<Delivery>();
  private readonly watched = new WeakMap<Settle, Map<number, Settle>>();

  constructor(
    private readonly names: () => readonly string[],
    private readonly events: EventSink,
    private readonly logger: Logger,
  ) {}

  violation(stage: string, message: string): void {
    this.logger.error(`the stage '${stage}' ${message}`);
    this.events.emit('violation', { stage, message });
  }

  sent(delivery: Delivery): void {
    this.outstanding.add(delivery);
  }

  settled(delivery: Delivery): void {
    this.outstanding.delete(delivery);
  }

  /** What was never settled, by the stage that has it, for the end of `close`. */
  reportForgotten(): void {
    const byStage = new Map<string, number>();
    for (const { depth } of this.outstanding) {
      const name = this.names()[depth] ?? 'the producer';
      byStage.set(name, (byStage.get(name) ?? 0) + 1);
    }
    for (const [name, count] of byStage) {
      this.violation(
        name,
        `never settled ${count} deliveries it was handed; settle each exactly once, in close at the latest`,
      );
    }
  }

  /** Wraps the `settle` that a stage is given; the same function gives the same wrapper, as stages compare them. */
  watch(stage: string, depth: number, settle: Settle): Settle {
    let byDepth = this.watched.get(settle);
    if (byDepth === undefined) this.watched.set(settle, (byDepth = new Map()));
    let wrapper = byDepth.get(depth);
    if (wrapper === undefined) {
      wrapper = (batch) => {
        const held = batch.filter((delivery) => this.holds(stage, depth, delivery));
        if (held.length > 0) settle(held);
      };
      byDepth.set(depth, wrapper);
    }
    return wrapper;
  }

  private holds(stage: string, depth: number, delivery: Delivery): boolean {
    if (delivery.depth !== depth) {
      this.violation(
        stage,
        delivery.depth < depth
          ? 'settled a delivery twice; settle each exactly once'
          : 'settled a delivery that it had handed on; wait until it comes back through the settle given to next',
      );
      return false;
    }
    if (delivery.outcome === undefined) {
      this.violation(
        stage,
        'settled a delivery without an outcome; set delivery.outcome before calling settle',
      );
      delivery.outcome = unknown(
        new ProducerError('STAGE_FAILED', `the stage '${stage}' settled without an outcome`, { stage }),
      );
    }
    delivery.depth = depth - 1;
    return true;
  }
}
