import { cutName } from '@holdfast/core/internal';
import { acksOf, booleanOf, settingOf } from './client-config.js';

/** A setting that librdkafka refuses together with idempotence. */
interface Exclusion {
  readonly names: readonly string[];
  readonly excludes: (given: Setting) => boolean;
  readonly needed: string;
}

type Setting = NonNullable<ReturnType<typeof settingOf>>;

// `rd_kafka_conf_finalize` and `rd_kafka_topic_conf_finalize` in librdkafka's rdkafka_conf.c.
const exclusions: readonly Exclusion[] = [
  {
    names: ['acks', 'request.required.acks'],
    excludes: (acks) => acksOf({ acks }) !== 'all',
    needed: "'all', as a leader that dies alone loses what it would recognise",
  },
  {
    names: ['message.send.max.retries', 'retries'],
    excludes: (retries) => Number(retries) < 1,
    needed: '1 or more, as the client itself retries',
  },
  {
    names: ['max.in.flight.requests.per.connection', 'max.in.flight'],
    excludes: (requests) => Number(requests) > 5,
    needed: '5 or less, as brokers recognise the last five requests of a producer',
  },
  {
    names: ['queue.buffering.backpressure.threshold'],
    excludes: (threshold) => Number(threshold) > 1,
    needed: '1',
  },
  {
    names: ['queuing.strategy'],
    excludes: (strategy) => String(strategy).toLowerCase() === 'lifo',
    needed: "'fifo'",
  },
];

const property = 'enable.idempotence';
const gapless = 'enable.gapless.guarantee';

/**
 * Returns what the user requested, in the adapter's option or in librdkafka's properties;
 * `undefined`: nothing.
 */
export function requestedIdempotence(config: object, option: boolean | undefined): boolean | undefined {
  return option ?? booleanOf(config, property) ?? (booleanOf(config, gapless) === true ? true : undefined);
}

/** Returns what applies: idempotence is the default unless a setting excludes it. */
export function wantsIdempotence(config: object, option?: boolean): boolean {
  return requestedIdempotence(config, option) ?? exclusionsIn(config).length === 0;
}

/**
 * Returns the settings that contradict each other. librdkafka would report only the first, and only
 * when it connects.
 */
export function idempotenceProblems(config: object, option: boolean | undefined): string[] {
  const requested = requestedIdempotence(config, option);
  const problems = requested === true ? exclusionsIn(config) : [];
  if (option !== undefined && booleanOf(config, property) === !option) {
    problems.push(`'idempotent' is ${option} and '${property}' ${!option}: leave one of them out`);
  }
  if (requested === false && booleanOf(config, gapless) === true) {
    problems.push(`'${gapless}' needs idempotence, which is turned off: leave one of them out`);
  }
  return problems;
}

/** The same for an instance, whose settings cannot be changed any more. */
export function instanceProblems(config: object, option: boolean | undefined): string[] {
  if (option === undefined || option === (booleanOf(config, property) ?? false)) return [];
  return [
    `'idempotent' is ${option}, and the RdKafka.Producer was made ${option ? 'without' : 'with'} it: give it '${property}': ${option}, or leave 'idempotent' out`,
  ];
}

function exclusionsIn(config: object): string[] {
  return exclusions.flatMap(({ names, excludes, needed }) =>
    names.flatMap((name) => {
      const given = settingOf(config, name);
      if (given === undefined || !excludes(given)) return [];
      return [`with idempotence '${name}' must be ${needed}, not '${cutName(String(given))}'`];
    }),
  );
}
