import { Reminder, type Clock, type Delivery, type Logger, type ProducerError } from '@holdfast/core';

/** A leader that moves costs an attempt or two: that is no news. */
const patience = 3;

/**
 * Says in the log, and again once a minute, what keeps a topic's records from being delivered, so that nobody waits for a topic that
 * is not there without a word. What a circuit breaker refuses, that one tells.
 */
export class Complaints {
  private readonly reminder: Reminder;

  constructor(
    private readonly logger: Logger,
    clock: Pick<Clock, 'now'>,
  ) {
    this.reminder = new Reminder(clock);
  }

  failed({ attempts, record: { topic } }: Delivery, { code, message }: ProducerError): void {
    if (attempts < patience || code === 'CIRCUIT_OPEN') return;
    if (!this.reminder.isDue(topic, code)) return;
    this.logger.warn(`topic '${topic}': ${attempts} attempts have failed, and more follow: ${message}`, {
      code,
    });
  }

  worked(deliveries: readonly Delivery[]): void {
    if (this.reminder.isEmpty) return;
    for (const { record } of deliveries) this.reminder.forget(record.topic);
  }
}
