import type { Delivery, Logger, ProducerError } from '@holdfast/core';

/** A leader that moves costs an attempt or two: that is no news. */
const patience = 3;

/**
 * Says in the log, once, what keeps a topic's records from being delivered, so that nobody waits for a topic that is not there
 * without a word. After the topic has worked again it may be said again.
 */
export class Complaints {
  /** Codes that were told, by topic. */
  private readonly told = new Map<string, Set<string>>();

  constructor(private readonly logger: Logger) {}

  failed({ attempts, record: { topic } }: Delivery, { code, message }: ProducerError): void {
    if (attempts < patience) return;
    let codes = this.told.get(topic);
    if (codes?.has(code)) return;
    if (codes === undefined) this.told.set(topic, (codes = new Set()));
    codes.add(code);
    this.logger.warn(`topic '${topic}': ${attempts} attempts have failed, and more follow: ${message}`, {
      code,
    });
  }

  worked(deliveries: readonly Delivery[]): void {
    if (this.told.size === 0) return;
    for (const { record } of deliveries) this.told.delete(record.topic);
  }
}
