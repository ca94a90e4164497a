import { anObject, isError } from '@holdfast/core/stage';
import { settingsRefused } from '../errors.js';
import { resolveOptions, type ConfluentAdapterOptions, type Settings } from '../options.js';
import {
  autoCreate,
  completeConfig,
  configProblems,
  mayCreateTopics,
  partitionerProblems,
  secretsOf,
  serversOf,
  traitsOf,
  type Traits,
} from './client-config.js';
import {
  idempotenceProblems,
  instanceProblems,
  requestedIdempotence,
  wantsIdempotence,
} from './idempotence-config.js';
import { loadClient, threadProblem } from './load-client.js';
import { isProducer, type MakeProducer, type NativeConfig, type NativeProducer } from './native-types.js';
import { protocolOf } from './outage-diagnosis.js';
import { sanitizer } from './sanitizer.js';

/**
 * Makes producers from the user's configuration, or from the user's instance and its configuration.
 */
export class ClientFactory {
  readonly settings: Settings;
  /** `host:port` of the brokers in the configuration. */
  readonly servers: readonly string[];
  readonly sanitize: (text: string) => string;
  private readonly make: MakeProducer;
  private global: NativeConfig;
  private knownTraits: Traits | undefined;
  private readonly topic: unknown;
  /** The producer that the next call of `next` returns, when it exists already. */
  private first: NativeProducer | undefined;
  /** For a cluster that refuses idempotence; `undefined` when the user decided about it. */
  private readonly withoutIdempotence: NativeConfig | undefined;
  /** Brokers may be asked to create a topic; see `creator`. */
  readonly createsTopics: boolean;

  /** Throws `INVALID_OPTIONS` for wrong settings and options, all problems at once. */
  constructor(given: NativeConfig | NativeProducer, options: ConfluentAdapterOptions) {
    const wrong = anObject(given);
    if (wrong !== undefined) {
      resolveOptions(options, [
        `the configuration ${wrong} of librdkafka's properties, or an RdKafka.Producer`,
      ]);
    }
    const idempotent = idempotentOption(options);
    if (isProducer(given)) {
      const { global, topic, problems } = settingsOf(given);
      this.settings = resolveOptions(options, [
        ...problems,
        ...partitionerProblems(global, topic),
        ...instanceProblems(global, idempotent),
        threadProblem(),
      ]);
      this.global = global;
      this.topic = topic;
      this.first = given;
      this.withoutIdempotence = undefined;
      // The user's own producer keeps the behaviour that it was made with.
      this.createsTopics = false;
      const Same = given.constructor as new (...args: Parameters<MakeProducer>) => NativeProducer;
      this.make = (config, topicConfig) => new Same(config, topicConfig);
      this.sanitize = sanitizer(secretsOf(global));
    } else {
      this.settings = resolveOptions(options, [
        ...configProblems(given),
        ...partitionerProblems(given),
        ...idempotenceProblems(given, idempotent),
        threadProblem(),
      ]);
      this.createsTopics = mayCreateTopics(given);
      this.global = this.complete(given, wantsIdempotence(given, idempotent));
      const isDefault = requestedIdempotence(given, idempotent) === undefined;
      this.withoutIdempotence = isDefault ? this.complete(given, false) : undefined;
      this.topic = undefined;
      const { Producer } = loadClient();
      this.make = (config) => new Producer(config);
      this.sanitize = sanitizer(secretsOf(given));
      this.first = this.makeProducer();
    }
    this.servers = serversOf(this.global);
  }

  get traits(): Traits {
    return (this.knownTraits ??= traitsOf(this.global, this.topic));
  }

  /** `security.protocol`. */
  get protocol(): string {
    return protocolOf(this.global);
  }

  /** Returns a producer that nobody has used through this adapter. */
  next(): NativeProducer {
    const { first } = this;
    this.first = undefined;
    return first ?? this.makeProducer();
  }

  /**
   * Returns a producer whose metadata queries create the topics that they are about. The others'
   * never do.
   */
  creator(): NativeProducer {
    return this.makeProducer({ [autoCreate]: true });
  }

  /**
   * Makes the next producer without idempotence, as the cluster refuses it and it was only a
   * default. Returns false when the user requested it.
   */
  giveUpIdempotence(): boolean {
    if (this.withoutIdempotence === undefined || !this.traits.idempotent) return false;
    this.global = this.withoutIdempotence;
    this.knownTraits = undefined;
    return true;
  }

  private complete(given: NativeConfig, idempotent: boolean): NativeConfig {
    return { ...completeConfig(given, idempotent, this.settings.requestTimeoutMs), [autoCreate]: false };
  }

  private makeProducer(more: NativeConfig = {}): NativeProducer {
    try {
      return this.make({ ...this.global, ...more }, this.topic);
    } catch (thrown) {
      const reason = this.sanitize(isError(thrown) ? thrown.message : 'unknown');
      throw settingsRefused(reason, 'confluentAdapter');
    }
  }
}

/**
 * Returns the option for a comparison with the configuration; anything but a boolean is refused as
 * an option.
 */
function idempotentOption(options: ConfluentAdapterOptions): boolean | undefined {
  const given: unknown = anObject(options) === undefined ? options.idempotent : undefined;
  return typeof given === 'boolean' ? given : undefined;
}

/**
 * Returns an instance's own settings. It does not show its `dr_cb`, so that has to be set again.
 */
function settingsOf(producer: NativeProducer): {
  readonly global: NativeConfig;
  readonly topic: unknown;
  readonly problems: readonly string[];
} {
  const config: unknown = Reflect.get(producer, 'globalConfig');
  const global = typeof config === 'object' && config !== null ? config : {};
  const problems = reportsAreOff(producer)
    ? [
        "the producer gives no delivery reports: make it with 'dr_cb': true, or give its configuration instead",
      ]
    : [];
  return { global: { ...global, dr_cb: true }, topic: Reflect.get(producer, 'topicConfig'), problems };
}

/**
 * Returns true only for a producer that is known to give no reports; `_cb_configs` is no public
 * property.
 */
function reportsAreOff(producer: NativeProducer): boolean {
  const callbacks: unknown = Reflect.get(producer, '_cb_configs');
  if (typeof callbacks !== 'object' || callbacks === null) return false;
  const event: unknown = Reflect.get(callbacks, 'event');
  return typeof event === 'object' && event !== null && !('delivery_cb' in event);
}
