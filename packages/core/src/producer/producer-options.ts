import { ConfigurationError } from '../contract/configuration-error.js';
import type { Adapter } from '../contract/adapter.js';
import {
  aBoolean,
  aFunction,
  anObject,
  checkOptions,
  numberBetween,
  readOptions,
  wholeNumberBetween,
  type OptionCheck,
} from '../kit/check-options.js';
import { checkComposition } from '../chain/composition.js';
import { cutName } from '../foreign/cut-name.js';
import type { EnvOverrides } from '../contract/env.js';
import type { Listeners } from '../contract/events.js';
import { ProducerError } from '../contract/error.js';
import type { Logger } from '../contract/logger.js';
import type { Middleware, Traits } from '../contract/middleware.js';
import type { UndeliverableHandler } from './reports.js';
import type { Serializers } from '../intake/serializer.js';

export interface ProducerOptions<K, V> {
  /** The adapter over the Kafka client: `kafkajsAdapter(…)`, `confluentAdapter(…)`. */
  readonly adapter: Adapter;
  /** The middleware, outermost first. Default none. */
  readonly use?: readonly Middleware[];
  /** Serialize keys and values that are neither bytes nor strings. Default none. */
  readonly serializers?: Serializers<K, V>;
  /**
   * Time from `send` to the outcome. Default 120,000 ms; `Infinity` when a stage keeps records on
   * disk and accepts none before Kafka has it.
   */
  readonly deliveryTimeoutMs?: number;
  /** How long `send` waits for room in the chain. Default 60,000 ms. */
  readonly maxBlockMs?: number;
  /**
   * How long `close` waits for what is on its way, unless it is told otherwise. Default 30,000 ms.
   */
  readonly closeTimeoutMs?: number;
  /**
   * Closes the producer on SIGTERM and SIGINT, then ends the process as the signal would. Default
   * false.
   */
  readonly handleSignals?: boolean;
  /** Makes it an error when no broker is reachable at start. Default false: records wait. */
  readonly requireBroker?: boolean;
  /** How many failed records `producer.failed` keeps. Default 100. */
  readonly failedLimit?: number;
  /**
   * Remembers every record, to name a stage that never settles one, and refuses misspelt fields of
   * records. Default: on, unless `NODE_ENV` is `production`.
   */
  readonly leakDetection?: boolean;
  /** Called for every record that ended as `failed` or `unknown`. */
  readonly onUndeliverable?: UndeliverableHandler<K, V>;
  /**
   * Event listeners, active before the start: `producer.on` is too late for events of the start.
   */
  readonly on?: Listeners;
  /**
   * Receives the producer's log lines. Default: that of `env`, else warnings and errors go to
   * stderr.
   */
  readonly logger?: Logger;
  /** Replaces clock, randomness, disk and logger, for tests. */
  readonly env?: EnvOverrides;
}

const forever = Infinity;
const defaultDeliveryTimeoutMs = 120_000;

const serializersCheck: OptionCheck = (value) => {
  const wrong = entriesOf(value).some(
    ([name, one]) => (name !== 'key' && name !== 'value') || (one !== undefined && typeof one !== 'function'),
  );
  if (anObject(value) === undefined && !wrong) return undefined;
  return 'must be { key?, value? }, each a function (data, context) => bytes';
};

// An event unknown here may belong to a third party's middleware.
const listenersCheck: OptionCheck = (value) => {
  const remedy = 'must be { event: listener, … }, each listener a function';
  if (anObject(value) !== undefined) return remedy;
  const wrong = entriesOf(value).filter(([, one]) => one !== undefined && typeof one !== 'function');
  return wrong.length === 0
    ? undefined
    : `${remedy}: ${wrong.map(([name]) => `'${cutName(name)}'`).join(', ')} is none`;
};

const methodsOfEnv: { readonly [name: string]: readonly string[] } = {
  clock: ['now', 'wallTime', 'after', 'soon'],
  logger: ['debug', 'info', 'warn', 'error'],
  disk: ['info', 'makeDirectory', 'list', 'open', 'rename', 'remove', 'syncDirectory', 'lock'],
};

// Other properties are ignored: the whole environment of a test fits.
const envCheck: OptionCheck = (value) => {
  if (anObject(value) !== undefined) return anObject(value);
  const given = entriesOf(value).filter(([, one]) => one !== undefined);
  const wrong = given.flatMap(([name, one]) => {
    if (name === 'random') return typeof one === 'function' ? [] : ["'random' is no function"];
    const missing = missingMethods(name, one);
    return missing.length === 0 ? [] : [`'${name}' lacks ${missing.join(', ')}`];
  });
  return wrong.length === 0 ? undefined : `is incomplete: ${wrong.join(', ')}`;
};

const loggerCheck: OptionCheck = (value) => {
  if (anObject(value) !== undefined) return anObject(value);
  const missing = missingMethods('logger', value);
  return missing.length === 0 ? undefined : `lacks ${missing.join(', ')}`;
};

function missingMethods(name: string, value: unknown): string[] {
  const has = new Map(entriesOf(value, methodsOfEnv[name]));
  return methodsOfEnv[name]?.filter((method) => typeof has.get(method) !== 'function') ?? [];
}

/** Returns own properties, or those `named`, inherited ones included; none for a non-object. */
function entriesOf(value: unknown, named?: readonly string[]): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  return (named ?? Object.keys(value)).map((name) => [name, Reflect.get(value, name)]);
}

const anArray: OptionCheck = (value) => (Array.isArray(value) ? undefined : 'must be an array of middleware');
/** The composition check reports on it. */
const anything: OptionCheck = () => undefined;

/** Throws for invalid options and for a chain that cannot work, with all problems of both. */
export function checkProducerOptions<K, V>(options: ProducerOptions<K, V>): void {
  const problems: string[] = [];
  const codes: string[] = [];
  const collect = (check: () => void): void => {
    try {
      readOptions('createProducer', check);
    } catch (error) {
      if (!ProducerError.is(error)) throw error;
      codes.push(error.code);
      problems.push(...(error.problems ?? [error.message]));
    }
  };
  collect(() =>
    checkOptions('createProducer', options, {
      adapter: anything,
      use: anArray,
      serializers: serializersCheck,
      deliveryTimeoutMs: numberBetween(1, forever, 'ms'),
      maxBlockMs: numberBetween(0, forever, 'ms'),
      closeTimeoutMs: numberBetween(0, forever, 'ms'),
      handleSignals: aBoolean,
      requireBroker: aBoolean,
      failedLimit: wholeNumberBetween(0, 1_000_000),
      leakDetection: aBoolean,
      onUndeliverable: aFunction,
      on: listenersCheck,
      logger: loggerCheck,
      env: envCheck,
    }),
  );
  if (anObject(options) === undefined) {
    collect(() => {
      const use = Array.isArray(options.use) ? options.use : [];
      checkComposition(use, options.adapter, options.onUndeliverable !== undefined);
    });
  }
  if (problems.length === 0) return;
  const code = codes.includes('INVALID_CHAIN') ? 'INVALID_CHAIN' : 'INVALID_OPTIONS';
  throw new ConfigurationError(code, `createProducer: ${problems.join('; ')}`, { problems });
}

/**
 * Returns 120 s, as Java's `delivery.timeout.ms`; records on disk wait as long as it takes. Where
 * the stage that keeps them accepts them, only what the disk did not take reaches the deadline.
 */
export function deliveryTimeoutOf<K, V>({ deliveryTimeoutMs, use = [] }: ProducerOptions<K, V>): number {
  if (deliveryTimeoutMs !== undefined) return deliveryTimeoutMs;
  return Math.max(defaultDeliveryTimeoutMs, ...use.map(({ traits }) => longestWaitMs(traits)));
}

/** The longest time until a stage that keeps records accepts them. */
function longestWaitMs({ persists, answers, acceptsAfterMs = forever }: Traits = {}): number {
  return persists && answers !== 'acceptance' ? acceptsAfterMs : 0;
}
