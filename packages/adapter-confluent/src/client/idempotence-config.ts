import { cutName } from '@holdfast/core/internal';
import { acksOf, booleanOf, settingOf } from './client-config.js';

/** What librdkafka refuses beside idempotence. */
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
    needed: "'all', as a leader that dies alone takes with it what it would recognise",
  },
  {
    names: ['message.send.max.retries', 'retries'],
    excludes: (retries) => Number(retries) < 1,
    needed: '1 or more, as it is the client that sends again',
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

/** What the user says of idempotence, in the adapter's option or in librdkafka's properties; `undefined`: nothing. */
export function askedIdempotence(config: object, option: boolean | undefined): boolean | undefined {
  return option ?? booleanOf(config, property) ?? (booleanOf(config, gapless) === true ? true : undefined);
}

/** Idempotence is the default unless a setting excludes it. */
export function wantsIdempotence(config: object, option?: boolean): boolean {
  return askedIdempotence(config, option) ?? exclusionsIn(config).length === 0;
}

/** Settings that contradict each other; librdkafka would say so when it connects, and of the first one alone. */
export function idempotenceProblems(config: object, option: boolean | undefined): string[] {
  const asked = askedIdempotence(config, option);
  const problems = asked === true ? exclusionsIn(config) : [];
  if (option !== undefined && booleanOf(config, property) === !option) {
    problems.push(`'idempotent' is ${option} and '${property}' ${!option}: leave one of them out`);
  }
  if (asked === false && booleanOf(config, gapless) === true) {
    problems.push(`'${gapless}' needs idempotence, which is turned off: leave one of them out`);
  }
  return problems;
}

/** Of an instance, which cannot be told any more what it was not told when it was made. */
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
