import type { Adapter } from './adapter.js';
import {
  aBoolean,
  aFunction,
  anObject,
  checkOptions,
  numberBetween,
  wholeNumberBetween,
  type OptionCheck,
} from './check-options.js';
import { checkComposition } from './composition.js';
import type { EnvOverrides } from './env.js';
import { ProducerError } from './error.js';
import type { Middleware } from './middleware.js';
import type { Failed, Unknown } from './outcome.js';
import type { SerializedRecord } from './record.js';
import type { Serializers } from './serializer.js';

export interface ProducerOptions<K, V> {
  /** The adapter over the Kafka client: `kafkajsAdapter(…)`, `confluentAdapter(…)`. */
  readonly client: Adapter;
  /** The middleware, outermost first. Default none. */
  readonly use?: readonly Middleware[];
  /** Turn other types than bytes and strings into bytes. Default none. */
  readonly serializers?: Serializers<K, V>;
  /** From `send` to the last outcome. Default 120,000 ms; `Infinity` when a stage keeps records on disk. */
  readonly deliveryTimeoutMs?: number;
  /** How long `send` waits for room in the chain. Default 60,000 ms. */
  readonly maxBlockMs?: number;
  /** How long `close` waits for what is on its way, unless it is told otherwise. Default 30,000 ms. */
  readonly closeTimeoutMs?: number;
  /** SIGTERM and SIGINT close the producer, then end the process as the signal would have. Default false. */
  readonly handleSignals?: boolean;
  /** A broker that cannot be reached at start is an error. Default false: records wait for it. */
  readonly requireBroker?: boolean;
  /** How many failed records `producer.failed` keeps. Default 100. */
  readonly failedLimit?: number;
  /** The development guard. Default: on, unless `NODE_ENV` is `production`. */
  readonly guard?: boolean;
  /** Hears of every record that ended as `failed` or `unknown`, whoever sent it. */
  readonly onUndeliverable?: (record: SerializedRecord, outcome: Failed | Unknown) => void;
  /** Clock, chance and logger, for tests and for a logger of your own. */
  readonly env?: EnvOverrides;
}

const forever = Infinity;

const serializersCheck: OptionCheck = (value) => {
  if (anObject(value) !== undefined) return anObject(value);
  const wrong = Object.entries(Object(value)).filter(
    ([name, one]) => (name !== 'key' && name !== 'value') || (one !== undefined && typeof one !== 'function'),
  );
  return wrong.length === 0
    ? undefined
    : 'must be { key?, value? }, each a function (data, context) => bytes';
};

const anArray: OptionCheck = (value) => (Array.isArray(value) ? undefined : 'must be an array of middleware');
/** The composition check says more about it. */
const anything: OptionCheck = () => undefined;

/** Refuses wrong options and a chain that cannot work, all problems of both at once. */
export function checkProducerOptions<K, V>(options: ProducerOptions<K, V>): void {
  const problems: string[] = [];
  const codes: string[] = [];
  const collect = (check: () => void): void => {
    try {
      check();
    } catch (error) {
      if (!(error instanceof ProducerError)) throw error;
      codes.push(error.code);
      problems.push(...(error.problems ?? [error.message]));
    }
  };
  collect(() =>
    checkOptions('createProducer', options, {
      client: anything,
      use: anArray,
      serializers: serializersCheck,
      deliveryTimeoutMs: numberBetween(1, forever, 'ms'),
      maxBlockMs: numberBetween(0, forever, 'ms'),
      closeTimeoutMs: numberBetween(0, forever, 'ms'),
      handleSignals: aBoolean,
      requireBroker: aBoolean,
      failedLimit: wholeNumberBetween(0, 1_000_000),
      guard: aBoolean,
      onUndeliverable: aFunction,
      env: anObject,
    }),
  );
  if (typeof options === 'object' && options !== null) {
    const use = Array.isArray(options.use) ? options.use : [];
    collect(() => checkComposition(use, options.client, options.onUndeliverable !== undefined));
  }
  if (problems.length === 0) return;
  const code = codes.includes('INVALID_CHAIN') ? 'INVALID_CHAIN' : 'INVALID_OPTIONS';
  throw new ProducerError(code, `createProducer: ${problems.join('; ')}`, { problems });
}

/** 120 s, as Java's `delivery.timeout.ms`; what is on disk waits as long as it takes. */
export function deliveryTimeoutOf<K, V>({ deliveryTimeoutMs, use }: ProducerOptions<K, V>): number {
  if (deliveryTimeoutMs !== undefined) return deliveryTimeoutMs;
  return use?.some(({ traits }) => traits?.persists) ? forever : 120_000;
}
