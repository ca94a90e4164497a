import type { Logger, ProducerError } from '@holdfast/core';
import { cutName, LogThrottle } from '@holdfast/core/internal';
import type { Clock, Delivery } from '@holdfast/core/stage';

/** A leader that moves costs an attempt or two: that is no news. */
const patience = 3;

/**
 * Says in the log, and again once a minute, what keeps a topic's records from being delivered, so that nobody waits for a topic that
 * is not there without a word. What a circuit breaker refuses, that one tells.
 */
export class Complaints {
  private readonly throttle: LogThrottle;

  constructor(
    private readonly logger: Logger,
    clock: Pick<Clock, 'now'>,
  ) {
    this.throttle = new LogThrottle(clock);
  }

  failed({ attempts, record: { topic } }: Delivery, { code, message }: ProducerError): void {
    if (attempts < patience || code === 'CIRCUIT_OPEN') return;
    if (!this.throttle.isDue(topic, code)) return;
    this.logger.warn(
      `topic '${cutName(topic)}': ${attempts} attempts have failed, and more follow: ${message}`,
      {
        code,
      },
    );
  }

  /**
   * What was said of a topic is taken back when one of the records that had failed so often gets through, or when it has not been said
   * for long: that others do says nothing, as one partition alone may be without a leader.
   */
  worked(deliveries: readonly Delivery[]): void {
    if (this.throttle.isEmpty) return;
    for (const { attempts, record } of deliveries) {
      const { topic } = record;
      if (attempts < patience && !this.throttle.isStale(topic)) continue;
      if (this.throttle.forget(topic))
        this.logger.warn(`topic '${cutName(topic)}': records get through again`);
    }
  }
}
