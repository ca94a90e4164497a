import type { BrokerConnection } from '../client/broker-connection.js';
import { ProducerError } from '@holdfast/core';
import { afterSilence, Notify, type Clock } from '@holdfast/core/stage';
import { connectError, connectionLost, requestError, requestTimedOut, stage } from '../errors.js';
import { inTime } from '../client/kafkajs-timers.js';

/** TCP, TLS, versions and login together, as Java's `socket.connection.setup.timeout.ms`. */
const connectTimeoutMs = 10_000;

export interface BrokerOptions {
  readonly clock: Clock;
  readonly open: () => Promise<BrokerConnection>;
  /** Before a broker that refused is tried again, ms, for the n-th failure in a row. */
  readonly backoffMs: (failures: number) => number;
  /** The client has been let in before, by whichever broker. */
  readonly worked: () => boolean;
  readonly onLost: (broker: Broker, error: ProducerError) => void;
}

interface Call {
  readonly startedAt: number;
  readonly fail: (error: ProducerError) => void;
}

/** The way to one broker: one connection at a time, a new one after each loss, and the calls that wait for an answer. */
export class Broker {
  /** Monotonic ms. */
  lastAnswerAt = 0;
  /** Monotonic ms before which connecting again is useless. */
  retryAt = 0;
  /** Why connecting failed last. */
  lastError: ProducerError | undefined;
  private connection: BrokerConnection | undefined;
  private connecting: Promise<void> | undefined;
  private opening: BrokerConnection | undefined;
  private readonly calls = new Set<Call>();
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

  /** What was sent last is not on its way yet. */
  get congested(): boolean {
    return this.connection?.congested === true;
  }

  /** `listener` is called once when it is not congested any more, or is lost. */
  onDrain(listener: () => void): void {
    this.connection?.onDrain(listener);
  }

  /** Stands for the connection that there is now; another one has another. */
  get session(): object | undefined {
    return this.connection;
  }

  get inFlight(): number {
    return this.calls.size;
  }

  /** How long the call that has waited longest has been without an answer, while none came for any other, ms. */
  silentMs(): number {
    const [oldest] = this.calls;
    if (oldest === undefined) return 0;
    return this.options.clock.now() - Math.max(oldest.startedAt, this.lastAnswerAt);
  }

  /** Resolves when connected; rejects with what {@link connectError} makes of the reason. */
  connect(): Promise<void> {
    if (this.connected) return Promise.resolve();
    return (this.connecting ??= this.open().finally(() => (this.connecting = undefined)));
  }

  /** What kept it from being tried is over. */
  retryNow(): void {
    this.retryAt = 0;
  }

  /**
   * Runs one request on the connection. Rejects with a {@link ProducerError} when the answer does not come in time (then the
   * connection is given up, as nothing behind that request would be answered either) or the connection is lost.
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
        call.fail(error);
        if (giveUp) this.lose(connection, error);
      });
      const end = (): void => {
        timer.cancel();
        this.calls.delete(call);
        if (this.calls.size === 0) this.idle.notifyAll();
      };
      const fail = (error: ProducerError): void => {
        end();
        reject(error);
      };
      const call: Call = { startedAt: clock.now(), fail };
      this.calls.add(call);
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

  /** Lets what is in flight end, then disconnects. */
  async close(): Promise<void> {
    this.closed = true;
    this.opening?.destroy(closed());
    if (this.calls.size > 0) await this.idle.wait();
    const { connection } = this;
    this.connection = undefined;
    await connection?.disconnect();
  }

  /** Ends it now; what is in flight rejects with `error`. */
  abort(error: ProducerError): void {
    this.closed = true;
    this.opening?.destroy(error);
    if (this.connection !== undefined) this.lose(this.connection, error);
  }

  private async open(): Promise<void> {
    const { clock, worked } = this.options;
    let connection: BrokerConnection | undefined;
    try {
      if (this.closed) throw closed();
      connection = this.opening = await this.options.open();
      await inTime(connection.connect(), connectTimeoutMs, clock);
      if (this.closed) throw closed();
      if (!connection.connected) throw new Error('the connection was closed');
    } catch (thrown) {
      const error = connectError(thrown, this.address, worked(), connection?.tls);
      connection?.destroy(error);
      this.lastError = error;
      this.retryAt = clock.now() + this.options.backoffMs(++this.failures);
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
    for (const call of [...this.calls]) call.fail(error);
    if (!this.closed) this.options.onLost(this, error);
  }
}

/** What `run` throws at once is a rejection, too. */
async function started<T>(
  run: (connection: BrokerConnection) => Promise<T>,
  connection: BrokerConnection,
): Promise<T> {
  return run(connection);
}

const closed = (): ProducerError => new ProducerError('CLOSED', 'the adapter is disconnected', { stage });
