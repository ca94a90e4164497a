import type { Clock, Delivery, Logger, ProducerError } from '@holdfast/core';

/** A leader that moves costs an attempt or two: that is no news. */
const patience = 3;
/** Somebody who looks at the log of the last minutes finds it. */
const againMs = 60_000;

/**
 * Says in the log, and again once a minute, what keeps a topic's records from being delivered, so that nobody waits for a topic that
 * is not there without a word. What a circuit breaker refuses, that one tells.
 */
export class Complaints {
  /** By topic and code: when it was told last, monotonic ms. */
  private readonly told = new Map<string, Map<string, number>>();

  constructor(
    private readonly logger: Logger,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  failed({ attempts, record: { topic } }: Delivery, { code, message }: ProducerError): void {
    if (attempts < patience || code === 'CIRCUIT_OPEN') return;
    let codes = this.told.get(topic);
    const now = this.clock.now();
    if (now - (codes?.get(code) ?? -Infinity) < againMs) return;
    if (codes === undefined) this.told.set(topic, (codes = new Map<string, number>()));
    codes.set(code, now);
    this.logger.warn(`topic '${topic}': ${attempts} attempts have failed, and more follow: ${message}`, {
      code,
    });
  }

  worked(deliveries: readonly Delivery[]): void {
    if (this.told.size === 0) return;
    for (const { record } of deliveries) this.told.delete(record.topic);
  }
}
