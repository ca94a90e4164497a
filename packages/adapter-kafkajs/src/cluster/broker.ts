import type { ProducerError } from '@holdfast/core';
import { afterSilence, Notify, type Clock } from '@holdfast/core/stage';
import type { BrokerConnection } from '../client/broker-connection.js';
import { connectError, requestError } from '../client/kafkajs-errors.js';
import { inTime } from '../client/kafkajs-timers.js';
import { connectionLost, disconnected, requestTimedOut } from '../errors.js';

/** TCP, TLS, versions and login together, as Java's `socket.connection.setup.timeout.ms`. */
const connectTimeoutMs = 10_000;

/** What a broker needs to know of the others, and who learns of its loss. */
export interface BrokerOwner {
  /** Some broker has accepted this client before. */
  readonly hasWorked: boolean;
  /**
   * Returns the wait before a broker that refused is tried again, ms, for the n-th failure in a
   * row.
   */
  backoffMs(failures: number): number;
  /** A connection was lost. */
  lost(): void;
}

export interface BrokerOptions {
  readonly clock: Clock;
  readonly open: () => Promise<BrokerConnection>;
  readonly owner: BrokerOwner;
}

interface InFlightRequest {
  readonly startedAt: number;
  readonly fail: (error: ProducerError) => void;
}

/**
 * One broker: one connection at a time, a new one after each loss, and the requests that wait for a
 * response.
 */
export class Broker {
  /** Monotonic ms. */
  lastAnswerAt = 0;
  /** Monotonic ms before which it is useless to connect again. */
  retryAt = 0;
  /** Why the last try to connect failed. */
  lastError: ProducerError | undefined;
  private connection: BrokerConnection | undefined;
  private connecting: Promise<void> | undefined;
  private opening: BrokerConnection | undefined;
  private readonly requests = new Set<InFlightRequest>();
  private readonly idle = new Notify();
  private failures = 0;
  private closed = false;

  constructor(
    readonly address: string,
    private readonly options: BrokerOptions,
  ) {}

  get connected(): boolean {
    return !this.closed && this.connection?.connected === true;
  }

  /** The bytes written last are not on the wire yet. */
  get congested(): boolean {
    return this.connection?.congested === true;
  }

  /** Calls `listener` once, when the connection is not congested any more, or is lost. */
  onDrain(listener: () => void): void {
    this.connection?.onDrain(listener);
  }

  /** Identifies the current connection. */
  get session(): object | undefined {
    return this.connection;
  }

  get inFlight(): number {
    return this.requests.size;
  }

  /**
   * Returns how long the oldest request has been without a response, while none came for any other,
   * ms.
   */
  silentMs(): number {
    const [oldest] = this.requests;
    if (oldest === undefined) return 0;
    return this.options.clock.now() - Math.max(oldest.startedAt, this.lastAnswerAt);
  }

  /**
   * Resolves when connected; rejects with the error that {@link connectError} makes of the reason.
   */
  connect(): Promise<void> {
    if (this.connected) return Promise.resolve();
    return (this.connecting ??= this.open().finally(() => (this.connecting = undefined)));
  }

  /** Whatever kept it from being tried is over. */
  retryNow(): void {
    this.retryAt = 0;
  }

  /**
   * Runs one request on the connection. Rejects with a `ProducerError` when the response does not
   * come in time, or the connection is lost. A connection that was silent is given up, unless
   * `giveUp` is false: no request behind that one would be answered either.
   */
  call<T>(run: (connection: BrokerConnection) => Promise<T>, timeoutMs: number, giveUp = true): Promise<T> {
    const { connection } = this;
    const { clock } = this.options;
    if (connection === undefined || !this.connected) {
      return Promise.reject(connectError(new Error('not connected'), this.address, true));
    }
    return new Promise((resolve, reject) => {
      const limitMs = Math.min(timeoutMs, connection.answerLimitMs);
      const timer = afterSilence(clock, limitMs, () => {
        const error = requestTimedOut(this.address, limitMs);
        request.fail(error);
        if (giveUp) this.lose(connection, error);
      });
      const end = (): void => {
        timer.cancel();
        this.requests.delete(request);
        if (this.requests.size === 0) this.idle.notifyAll();
      };
      const fail = (error: ProducerError): void => {
        end();
        reject(error);
      };
      const request: InFlightRequest = { startedAt: clock.now(), fail };
      this.requests.add(request);
      started(run, connection).then(
        (answer) => {
          end();
          this.lastAnswerAt = clock.now();
          resolve(answer);
        },
        (thrown: unknown) => fail(requestError(thrown, this.address)),
      );
    });
  }

  /** Disconnects once nothing is in flight any more. */
  async close(): Promise<void> {
    this.closed = true;
    this.opening?.destroy(disconnected());
    if (this.requests.size > 0) await this.idle.wait();
    const { connection } = this;
    this.connection = undefined;
    await connection?.disconnect();
  }

  /** Disconnects now. Requests in flight reject with `error`. */
  abort(error: ProducerError): void {
    this.closed = true;
    this.opening?.destroy(error);
    if (this.connection !== undefined) this.lose(this.connection, error);
  }

  private async open(): Promise<void> {
    const { clock, owner } = this.options;
    let connection: BrokerConnection | undefined;
    try {
      if (this.closed) throw disconnected();
      connection = this.opening = await this.options.open();
      await inTime(connection.connect(), connectTimeoutMs, clock);
      if (this.closed) throw disconnected();
      if (!connection.connected) throw new Error('the connection was closed');
    } catch (thrown) {
      const error = connectError(thrown, this.address, owner.hasWorked, connection?.tls);
      connection?.destroy(error);
      this.lastError = error;
      this.retryAt = clock.now() + owner.backoffMs(++this.failures);
      throw error;
    } finally {
      this.opening = undefined;
    }
    this.connection = connection;
    this.failures = 0;
    this.retryAt = 0;
    this.lastAnswerAt = clock.now();
    const connected = connection;
    connected.onClose(() => this.lose(connected, connectionLost(this.address)));
  }

  private lose(connection: BrokerConnection, error: ProducerError): void {
    if (this.connection !== connection) return;
    this.connection = undefined;
    connection.destroy(error);
    for (const request of [...this.requests]) request.fail(error);
    if (!this.closed) this.options.owner.lost();
  }
}

/** Turns what `run` throws at once into a rejection, too. */
async function started<T>(
  run: (connection: BrokerConnection) => Promise<T>,
  connection: BrokerConnection,
): Promise<T> {
  return run(connection);
}
