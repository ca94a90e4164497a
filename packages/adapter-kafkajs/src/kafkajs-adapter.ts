import { silentLogger, type Adapter, type ProducerError } from '@holdfast/core';
import type { AdapterCapabilities } from '@holdfast/core/adapter';
import { failed, readOptions, type BaseEnv, type Delivery, type Settle } from '@holdfast/core/stage';
import type { Kafka, KafkaConfig } from 'kafkajs';
import { connectionsOf, type Connections } from './client/connections.js';
import { clientProblems, kafkaOf, requestTimeoutOf, serversOf } from './client/kafka-instance.js';
import { cannotConnectAgain, notConnected, servesAnotherProducer, stage } from './errors.js';
import { resolveOptions, type KafkajsAdapterOptions, type Settings } from './options.js';
import { Sender } from './send/sender.js';
import type { KafkajsStats } from './stats.js';

/**
 * Creates the end of a chain over kafkajs. Takes a `Kafka` instance or its configuration, and makes
 * connections of its own from it: the user's producers, consumers and admins of that instance are
 * left alone. Throws `INVALID_OPTIONS` with all problems at once.
 */
export function kafkajsAdapter(kafka: Kafka | KafkaConfig, options: KafkajsAdapterOptions = {}): Adapter {
  return readOptions('kafkajsAdapter', () => new KafkajsAdapter(kafka, options));
}

const acksNames = { [-1]: 'all', [1]: 'leader', [0]: 'none' } as const;

class KafkajsAdapter implements Adapter {
  readonly name = stage;
  private readonly settings: Settings;
  private readonly connections: Connections;
  private sender: Sender | undefined;
  private readonly configuredServers: readonly string[] | undefined;
  private closed = false;
  private logger = silentLogger;

  constructor(given: Kafka | KafkaConfig, options: KafkajsAdapterOptions) {
    this.settings = resolveOptions(options, requestTimeoutOf(given), clientProblems(given));
    this.connections = connectionsOf(kafkaOf(given, () => this.logger));
    this.configuredServers = serversOf(given);
  }

  /** `idempotent` changes when a cluster refuses idempotence that was only a default. */
  get capabilities(): AdapterCapabilities {
    const { acks } = this.settings;
    return { offsets: acks !== 0, acks: acksNames[acks], idempotent: this.idempotent };
  }

  /** An instance or a function reveals its brokers only as they are tried. */
  get servers(): readonly string[] {
    return this.configuredServers ?? this.connections.seeds;
  }

  connect(env: BaseEnv, signal: AbortSignal): Promise<void> {
    const problem = this.cannotConnect();
    if (problem !== undefined) {
      env.logger.error(problem.message);
      return Promise.reject(problem);
    }
    this.logger = env.logger;
    const sender = (this.sender = new Sender(env, this.settings, this.connections));
    signal.addEventListener('abort', () => void this.disconnect(env.clock.now()), { once: true });
    return sender.connect();
  }

  send(batch: Delivery[], settle: Settle): void {
    if (this.sender !== undefined && !this.closed) return this.sender.submit(batch, settle);
    const outcome = failed(notConnected(this.closed));
    for (const delivery of batch) delivery.outcome = outcome;
    queueMicrotask(() => settle(batch));
  }

  async flush(deadline: number): Promise<void> {
    await this.sender?.flush(deadline);
  }

  async disconnect(deadline: number): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.sender?.close(deadline);
  }

  stats(): KafkajsStats {
    const none = { connections: 0, requestsInFlight: 0, records: 0, reconnects: 0, throttledMs: 0 };
    return this.sender?.stats() ?? { ...none, idempotent: this.idempotent };
  }

  private get idempotent(): boolean {
    return this.sender?.idempotent ?? this.settings.idempotent;
  }

  private cannotConnect(): ProducerError | undefined {
    if (this.closed) return cannotConnectAgain();
    return this.sender === undefined ? undefined : servesAnotherProducer();
  }
}
