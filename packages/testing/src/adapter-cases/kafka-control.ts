export interface TopicSettings {
  readonly partitions?: number;
  readonly replicationFactor?: number;
  readonly config?: Readonly<Record<string, string>>;
}

interface Login {
  readonly username: string;
  readonly password: string;
}

/** The parts of a secure cluster that the cases need. */
export interface SecurityControl {
  /** The cluster's CA, PEM. */
  readonly ca: string;
  /** A CA that signed no certificate of the cluster, PEM. */
  readonly otherCa: string;
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly users: {
    /** May only use topics whose names begin with `openPrefix`. */
    readonly allowed: Login;
    /** May see these, but write to none. */
    readonly limited: Login;
  };
  readonly openPrefix: string;
}

/** Abilities that a case may need: to kill and restart brokers, or to pause and resume one. */
export type Ability = 'kill' | 'pause';

/** A real cluster that the cases can break. Its brokers have the ids 1 to `size`. */
export interface KafkaControl {
  readonly brokers: readonly string[];
  readonly size: number;
  readonly security: SecurityControl | undefined;
  /** Cases that need one of these are left out. Default: none. */
  readonly cannot?: readonly Ability[];
  createTopic(name: string, settings?: TopicSettings): Promise<void>;
  leader(topic: string, partition: number): Promise<number>;
  /** Resolves with the in-sync replicas of each partition. */
  describeTopic(topic: string): Promise<readonly { readonly isr: readonly number[] }[]>;
  /** Kills the broker, as `kill -9`. */
  kill(id: number): Promise<void>;
  start(id: number): Promise<void>;
  killAll(): Promise<void>;
  startAll(): Promise<void>;
  /** Keeps connections open, without any response. */
  pause(id: number): Promise<void>;
  resume(id: number): Promise<void>;
  /** Resolves when all brokers run and are in the cluster. */
  ready(): Promise<void>;
}
