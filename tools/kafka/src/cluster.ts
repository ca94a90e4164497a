import type { Permission } from './protocol/acls.js';
import type { PartitionMetadata } from './protocol/metadata.js';

/** The kind of cluster: the user's own, real Kafka on Java or in Docker, or librdkafka's mock. */
export type ClusterKind = 'external' | 'java' | 'docker' | 'mock';

export type BrokerState = 'running' | 'paused' | 'stopped';

export interface BrokerStatus {
  /** 1 to the number of brokers; Kafka's own node id where the launcher started it. */
  readonly id: number;
  /** Undefined while stopped, and where the launcher does not own the process. */
  readonly pid: number | undefined;
  readonly port: number;
  readonly state: BrokerState;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * How a client connects to a cluster that was started with `secure`: TLS, and a name and password
 * over SCRAM.
 */
export interface ClusterSecurity {
  /**
   * The certificate authority that signed the brokers' certificates (for 127.0.0.1 and localhost),
   * as PEM.
   */
  readonly ca: string;
  readonly caFile: string;
  /**
   * A certificate authority that signed nothing here, as PEM: a client that trusts only this one
   * must refuse to connect.
   */
  readonly otherCa: string;
  readonly otherCaFile: string;
  readonly mechanism: 'SCRAM-SHA-256';
  /** Every user can use these; SCRAM-SHA-512 has the same names and passwords. */
  readonly mechanisms: readonly ('SCRAM-SHA-256' | 'SCRAM-SHA-512')[];
  readonly users: {
    /** May do everything with topics whose names begin with `open-`, and nothing with others. */
    readonly allowed: Credentials;
    /** May describe topics that begin with `open-`, but not write to them. */
    readonly limited: Credentials;
    /** A super user. */
    readonly admin: Credentials;
  };
  /** The prefix of the topics that `allowed` may use. */
  readonly openPrefix: string;
}

export interface TopicOptions {
  /** Default 1. */
  readonly partitions?: number;
  /** Default: the number of brokers. */
  readonly replicationFactor?: number;
  /** Kafka's topic settings. `min.insync.replicas` is min(2, replicationFactor) unless given. */
  readonly config?: Readonly<Record<string, string>>;
}

/**
 * A Kafka cluster to test against. Every method that takes an id rejects when there is no such
 * broker.
 */
export interface KafkaCluster extends AsyncDisposable {
  readonly kind: ClusterKind;
  /** Why it is of this kind, in a sentence. */
  readonly reason: string;
  /** 'host:port' of each broker, in the order of their ids; they stay the same over restarts. */
  readonly brokers: string[];
  readonly size: number;
  /** Present when started with `secure`. */
  readonly security: ClusterSecurity | undefined;
  /**
   * The folder of data, settings and logs, until `down` removes it; undefined where the launcher
   * keeps none.
   */
  readonly dataDirectory: string | undefined;

  /**
   * Sends kill -9. Resolves when the process is gone; does nothing to a broker that is already
   * stopped.
   */
  kill(id: number): Promise<void>;
  /**
   * Sends SIGTERM, then kill -9 after 30 s: a broker without a quorum cannot shut down gracefully.
   */
  stop(id: number): Promise<void>;
  /** Sends SIGSTOP: the broker's connections stay open, and it answers nothing. */
  pause(id: number): Promise<void>;
  /** Sends SIGCONT. */
  resume(id: number): Promise<void>;
  /**
   * Starts a broker that was killed or stopped, on its port and data. Waits until it answers unless
   * `wait: false`.
   */
  start(id: number, options?: { readonly wait?: boolean }): Promise<void>;
  killAll(): Promise<void>;
  /** Starts every stopped broker; waits until all know each other unless `wait: false`. */
  startAll(options?: { readonly wait?: boolean }): Promise<void>;
  status(): BrokerStatus[];

  /**
   * Creates a topic. Resolves when all its partitions have a leader; rejects when it exists
   * already.
   */
  createTopic(name: string, options?: TopicOptions): Promise<void>;
  /**
   * Returns the id of the broker that leads the partition; -1 while there is none. Rejects when
   * there is no such topic.
   */
  leader(topic: string, partition: number): Promise<number>;
  /** Returns leader, replicas and in-sync replicas of every partition. */
  describeTopic(topic: string): Promise<readonly PartitionMetadata[]>;
  /**
   * Grants users of a secure cluster permissions that they do not have yet. Resolves when every
   * broker knows them.
   */
  grant(permissions: readonly Permission[]): Promise<void>;
  /** Resolves when all brokers run and each knows all the others. */
  ready(timeoutMs?: number): Promise<void>;

  /** Kills what was started and removes its data. Can be called repeatedly. */
  down(): Promise<void>;
}
