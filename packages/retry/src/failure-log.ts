import type { Logger, ProducerError } from '@holdfast/core';
import { cutName, LogThrottle } from '@holdfast/core/internal';
import type { Clock, Delivery } from '@holdfast/core/stage';

/** A leader that moves costs an attempt or two, which is not worth a log line. */
const newsworthyAttempts = 3;

/**
 * Logs what keeps a topic's records from being delivered, and again once a minute, so that nobody
 * waits in silence for a topic that does not exist. A circuit breaker logs its own refusals.
 */
export class FailureLog {
  private readonly throttle: LogThrottle;

  constructor(
    private readonly logger: Logger,
    clock: Pick<Clock, 'now'>,
  ) {
    this.throttle = new LogThrottle(clock);
  }

  failed({ attempts, record: { topic } }: Delivery, { code, message }: ProducerError): void {
    if (attempts < newsworthyAttempts || code === 'CIRCUIT_OPEN') return;
    if (!this.throttle.isDue(topic, code)) return;
    this.logger.warn(
      `topic '${cutName(topic)}': ${attempts} attempts have failed, and more follow: ${message}`,
      { code },
    );
  }

  /**
   * Takes back what was logged for a topic when a record that had failed that often gets through,
   * or when nothing was logged for a while. Until then, other records that get through mean
   * nothing: one partition alone may be without a leader.
   */
  worked(deliveries: readonly Delivery[]): void {
    if (this.throttle.isEmpty) return;
    for (const { attempts, record } of deliveries) {
      const { topic } = record;
      if (attempts < newsworthyAttempts && !this.throttle.isStale(topic)) continue;
      if (this.throttle.forget(topic))
        this.logger.warn(`topic '${cutName(topic)}': records get through again`);
    }
  }
}
