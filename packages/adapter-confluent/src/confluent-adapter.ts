import { ProducerError, type Adapter } from '@holdfast/core';
import type { AdapterCapabilities } from '@holdfast/core/adapter';
import { failed, readOptions, type BaseEnv, type Delivery, type Settle } from '@holdfast/core/stage';
import { ClientSource } from './client/client-factory.js';
import type { NativeConfig, NativeProducer } from './client/native-types.js';
import type { ConfluentAdapterOptions } from './options.js';
import { Sender } from './send/sender.js';
import { stage } from './stage.js';
import type { ConfluentStats } from './stats.js';

/**
 * The end of a chain over `@confluentinc/kafka-javascript`. Takes librdkafka's own properties, or an `RdKafka.Producer` that
 * was made with `dr_cb: true`. Throws `INVALID_OPTIONS`, all problems at once.
 */
export function confluentAdapter(
  client: NativeConfig | NativeProducer,
  options: ConfluentAdapterOptions = {},
): Adapter {
  return new ConfluentAdapter(readOptions('confluentAdapter', () => new ClientSource(client, options)));
}

class ConfluentAdapter implements Adapter {
  readonly name = stage;
  private sender: Sender | undefined;
  private closed: Promise<void> | undefined;
  private env: BaseEnv | undefined;

  constructor(private readonly source: ClientSource) {}

  /** Idempotence can be given up at run time, see `ClientSource.giveUpIdempotence`. */
  get capabilities(): AdapterCapabilities {
    const { acks, idempotent } = this.source.traits;
    return { offsets: acks !== 'none', acks, idempotent };
  }

  get servers(): readonly string[] {
    return this.source.servers;
  }

  connect(env: BaseEnv, signal: AbortSignal): Promise<void> {
    const problem = this.cannotConnect();
    if (problem !== undefined) {
      env.logger.error(problem.message);
      return Promise.reject(problem);
    }
    this.env = env;
    this.sender = new Sender(env, this.source);
    signal.addEventListener('abort', () => void this.disconnect(env.clock.now()), { once: true });
    return this.sender.connect();
  }

  send(batch: Delivery[], settle: Settle): void {
    if (this.sender !== undefined && this.closed === undefined) return this.sender.send(batch, settle);
    const state = this.closed === undefined ? 'not connected yet' : 'disconnected';
    const outcome = failed(new ProducerError('CLOSED', `the adapter is ${state}`, { stage }));
    for (const delivery of batch) delivery.outcome = outcome;
    if (this.env === undefined) queueMicrotask(() => settle(batch));
    else this.env.clock.soon(() => settle(batch));
  }

  async flush(deadline: number): Promise<void> {
    await this.sender?.flush(deadline);
  }

  disconnect(deadline: number): Promise<void> {
    return (this.closed ??= this.sender?.close(deadline) ?? Promise.resolve());
  }

  stats(): ConfluentStats {
    const { idempotent } = this.source.traits;
    const none = {
      state: 'new',
      inFlightRecords: 0,
      queueFullRecords: 0,
      idempotent,
      reconnects: 0,
      rebuilds: 0,
      throttledMs: 0,
    } as const;
    return this.sender?.stats() ?? none;
  }

  private cannotConnect(): ProducerError | undefined {
    const remedy = 'make another with confluentAdapter(…)';
    if (this.closed !== undefined) {
      return new ProducerError('CLOSED', `this adapter was disconnected; ${remedy}`, { stage });
    }
    if (this.sender === undefined) return undefined;
    return new ProducerError(
      'INVALID_CHAIN',
      `this adapter serves a producer already, and can serve one only; ${remedy}`,
      { stage },
    );
  }
}
