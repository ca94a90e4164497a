import type { Adapter, ProducerError } from '@holdfast/core';
import type { AdapterCapabilities } from '@holdfast/core/adapter';
import { failed, readOptions, type BaseEnv, type Delivery, type Settle } from '@holdfast/core/stage';
import { ClientFactory } from './client/client-factory.js';
import type { NativeConfig, NativeProducer } from './client/native-types.js';
import { cannotConnectAgain, notConnected, servesAnotherProducer, stage } from './errors.js';
import type { ConfluentAdapterOptions } from './options.js';
import { Sender } from './send/sender.js';
import type { ConfluentStats } from './stats.js';

/**
 * Makes the end of a chain over `@confluentinc/kafka-javascript`, from librdkafka's own properties
 * or from an `RdKafka.Producer` that was made with `dr_cb: true`. Throws `INVALID_OPTIONS`, all
 * problems at once.
 */
export function confluentAdapter(
  client: NativeConfig | NativeProducer,
  options: ConfluentAdapterOptions = {},
): Adapter {
  return new ConfluentAdapter(readOptions('confluentAdapter', () => new ClientFactory(client, options)));
}

class ConfluentAdapter implements Adapter {
  readonly name = stage;
  private sender: Sender | undefined;
  private closed: Promise<void> | undefined;
  private env: BaseEnv | undefined;

  constructor(private readonly clients: ClientFactory) {}

  /** Idempotence can be given up at run time, see `ClientFactory.giveUpIdempotence`. */
  get capabilities(): AdapterCapabilities {
    const { acks, idempotent } = this.clients.traits;
    return { offsets: acks !== 'none', acks, idempotent };
  }

  get servers(): readonly string[] {
    return this.clients.servers;
  }

  connect(env: BaseEnv, signal: AbortSignal): Promise<void> {
    const problem = this.connectProblem();
    if (problem !== undefined) {
      env.logger.error(problem.message);
      return Promise.reject(problem);
    }
    this.env = env;
    this.sender = new Sender(env, this.clients);
    signal.addEventListener('abort', () => void this.disconnect(env.clock.now()), { once: true });
    return this.sender.connect();
  }

  send(batch: Delivery[], settle: Settle): void {
    if (this.sender !== undefined && this.closed === undefined) return this.sender.send(batch, settle);
    const outcome = failed(notConnected(this.closed !== undefined));
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
    const { idempotent } = this.clients.traits;
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

  private connectProblem(): ProducerError | undefined {
    if (this.closed !== undefined) return cannotConnectAgain();
    return this.sender === undefined ? undefined : servesAnotherProducer();
  }
}
