export interface TopicSettings {
  readonly partitions?: number;
  readonly replicationFactor?: number;
  readonly config?: Readonly<Record<string, string>>;
}

interface Login {
  readonly username: string;
  readonly password: string;
}

/** What the cases need of a secure cluster. */
export interface SecurityControl {
  /** PEM. */
  readonly ca: string;
  /** Signed nothing there, PEM. */
  readonly otherCa: string;
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly users: {
    /** May use topics whose names begin with `openPrefix`, and no other. */
    readonly allowed: Login;
    /** May see these, and write to none. */
    readonly limited: Login;
  };
  readonly openPrefix: string;
}

/** What a case may need beyond asking: to kill brokers and start them again, to freeze one and let it go on. */
export type Ability = 'kill' | 'pause';

/** A real cluster that the cases can break. Brokers have the ids 1 to `size`. */
export interface KafkaControl {
  readonly brokers: readonly string[];
  readonly size: number;
  readonly security: SecurityControl | undefined;
  /** Cases that need one of these are left out. Default: nothing. */
  readonly cannot?: readonly Ability[];
  createTopic(name: string, settings?: TopicSettings): Promise<void>;
  leader(topic: string, partition: number): Promise<number>;
  /** Of each partition, the brokers whose replicas are in sync. */
  describeTopic(topic: string): Promise<readonly { readonly isr: readonly number[] }[]>;
  /** As kill -9. */
  kill(id: number): Promise<void>;
  start(id: number): Promise<void>;
  killAll(): Promise<void>;
  startAll(): Promise<void>;
  /** Connections stay open, and nothing answers. */
  pause(id: number): Promise<void>;
  resume(id: number): Promise<void>;
  /** Resolves when all brokers run and know each other. */
  ready(): Promise<void>;
}
