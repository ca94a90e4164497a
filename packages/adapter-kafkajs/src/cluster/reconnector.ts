import type { ProducerError } from '@holdfast/core';
import type { ReconnectOptions } from '@holdfast/core/adapter';
import type { BaseEnv, Timer } from '@holdfast/core/stage';
import { connectError } from '../client/kafkajs-errors.js';
import { disconnected, gaveUpReconnecting, noBroker, stage } from '../errors.js';

export interface ReconnectorOptions {
  readonly env: BaseEnv;
  readonly reconnect: Required<ReconnectOptions>;
  /** Tries every known broker once. Resolves when one has answered. */
  readonly attempt: () => Promise<void>;
}

/**
 * Tries until a broker answers, by default for ever, and reports when the cluster is lost and
 * found.
 */
export class Reconnector {
  /** Why the last round failed; `undefined` once a broker has answered. */
  private error: ProducerError | undefined;
  private round: Promise<void> | undefined;
  private timer: Timer | undefined;
  private nextAt = 0;
  private failures = 0;
  private state: 'new' | 'up' | 'down' | 'stopped' = 'new';
  /** How often the cluster was found again after it had been lost. */
  reconnects = 0;

  constructor(private readonly options: ReconnectorOptions) {}

  /**
   * Starts to try, unless it does already. Resolves when the current round, or the one it starts,
   * finds a broker.
   */
  start(): Promise<void> {
    if (this.round !== undefined) return this.round;
    if (this.timer !== undefined || this.hasGivenUp || this.state === 'stopped') {
      return Promise.reject(this.unreachable());
    }
    return (this.round = this.run().finally(() => (this.round = undefined)));
  }

  stop(): void {
    this.state = 'stopped';
    this.timer?.cancel();
    this.timer = undefined;
  }

  /**
   * Returns the wait before the next try after `failures` in a row, ms: doubled each time, ±20 %.
   */
  backoffMs(failures: number): number {
    const { intervalMs, maxIntervalMs } = this.options.reconnect;
    const wait = Math.min(maxIntervalMs, intervalMs * 2 ** Math.min(30, failures - 1));
    return wait * (0.8 + 0.4 * this.options.env.random());
  }

  private get hasGivenUp(): boolean {
    return this.failures >= this.options.reconnect.tries;
  }

  private async run(): Promise<void> {
    try {
      await this.options.attempt();
    } catch (thrown) {
      const error = connectError(thrown, 'the cluster', false);
      if (this.state !== 'stopped') this.failed(error);
      throw error;
    }
    if (this.state !== 'stopped') this.found();
  }

  private found(): void {
    const { events, logger } = this.options.env;
    this.error = undefined;
    this.failures = 0;
    if (this.state === 'up') return;
    const wasDown = this.state === 'down';
    if (wasDown) this.reconnects++;
    this.state = 'up';
    logger[wasDown ? 'warn' : 'info']('kafkajs: connected to the cluster');
    events.emit('connected', { adapter: stage });
  }

  private failed(error: ProducerError): void {
    const { clock, events, logger } = this.options.env;
    this.error = error;
    this.failures++;
    const wasDown = this.state === 'down';
    this.state = 'down';
    if (!wasDown) {
      logger.warn(`kafkajs: no broker can be reached: ${error.message}`, { code: error.code });
      events.emit('disconnected', { adapter: stage, error });
    }
    if (this.hasGivenUp) {
      logger.error(`kafkajs: gave up after ${this.failures} tries`, { code: error.code });
      return;
    }
    const wait = this.backoffMs(this.failures);
    this.nextAt = clock.now() + wait;
    this.timer = clock.after(wait, () => {
      this.timer = undefined;
      this.start().catch(() => undefined);
    });
  }

  private unreachable(): ProducerError {
    if (this.state === 'stopped') return disconnected();
    if (this.hasGivenUp) return gaveUpReconnecting(this.failures, this.error);
    return noBroker(this.error, Math.max(0, this.nextAt - this.options.env.clock.now()));
  }
}
