import '../stats/known-stages.js';
import type { ProducerStats } from '@holdfast/core';
import { cutName } from '@holdfast/core/internal';
import type { WaitingStats } from '@holdfast/core/stage';
import { numberIn, numberOf, textOf } from '../stats/fields.js';
import type { ResolvedHealthOptions } from './options.js';
import type { HealthCode } from './checks.js';

/** The code of a check that does not pass, and what was found. */
export type HealthFinding = readonly [code: HealthCode, message: string];

/** Returns every check that the stats do not pass. A stage that is missing has no checks. */
export function findings(stats: ProducerStats, options: ResolvedHealthOptions): HealthFinding[] {
  // The brokers and circuits of a closed producer no longer matter.
  if (stats.state === 'closed')
    return [['PRODUCER_CLOSED', 'the producer is closed and takes no more records']];
  return [
    ...checkProducer(stats, options),
    ...checkAdapter(stats, options),
    ...checkCircuits(stats),
    ...checkJournal(stats, options),
    ...checkBuffer(stats, options),
    ...checkDeadLetters(stats),
    ...checkLateRecords(stats, options),
  ];
}

function* checkProducer(
  stats: ProducerStats,
  { waitForRoomMs }: ResolvedHealthOptions,
): Iterable<HealthFinding> {
  const { state, waitingForRoom, longestWaitForRoomMs, attempts } = stats;
  if (state === 'starting') yield ['PRODUCER_STARTING', 'the producer has not started yet'];
  if (state === 'closing') yield ['PRODUCER_CLOSING', 'the producer is closing and takes no more records'];
  // This error is permanent: once the client has given up, every record fails with it.
  const gaveUp = attempts.fatalErrors['CLIENT_FATAL'] ?? 0;
  if (gaveUp > 0)
    yield ['CLIENT_GAVE_UP', `the client has given up permanently, and ${counted(gaveUp, 'attempt')} failed`];
  if (waitingForRoom > 0 && longestWaitForRoomMs >= waitForRoomMs) {
    const waited = seconds(longestWaitForRoomMs);
    yield [
      'WAITING_FOR_ROOM',
      `waiting for room in the chain: ${counted(waitingForRoom, 'record')}, the first for ${waited}`,
    ];
  }
}

function* checkAdapter(
  { attempts, stages }: ProducerStats,
  { silentAfterMs }: ResolvedHealthOptions,
): Iterable<HealthFinding> {
  if (numberOf(stages.kafkajs, 'connections') === 0)
    yield ['NO_BROKER', 'kafkajs has no connection to a broker'];
  if (textOf(stages.confluent, 'state') === 'down') yield ['NO_BROKER', 'confluent: no broker responds'];
  const silentMs = attempts.oldestInFlightMs;
  if (silentMs >= silentAfterMs)
    yield ['NO_ANSWER', `the client has waited for a response for ${seconds(silentMs)}`];
}

function* checkCircuits({ stages: { circuitBreaker } }: ProducerStats): Iterable<HealthFinding> {
  const kinds = [
    ['CIRCUIT_OPEN', 'openCircuits', 'open'],
    ['CIRCUIT_HALF_OPEN', 'halfOpenCircuits', 'half-open'],
    ['CIRCUIT_ISOLATED', 'isolatedCircuits', 'isolated'],
  ] as const;
  for (const [code, name, state] of kinds) {
    const count = numberOf(circuitBreaker, name) ?? 0;
    if (count === 0) continue;
    const names = Object.entries(circuitBreaker?.notClosed ?? {})
      .filter(([, its]) => its === state)
      .map(([circuit]) => circuit);
    yield [code, `${state}: ${counted(count, 'circuit')}${listed(names, ', ')}`];
  }
}

function* checkJournal(
  { stages: { journal } }: ProducerStats,
  { nearFullRatio }: ResolvedHealthOptions,
): Iterable<HealthFinding> {
  const bypassed = numberOf(journal, 'bypassedRecords') ?? 0;
  if (textOf(journal, 'state') === 'stalled') {
    // Records bypass the journal only with `whenFull: 'bypass'`, beginning with the one that found
    // the
    // disk full.
    if (bypassed > 0) {
      const past = `sent to Kafka without the journal: ${counted(bypassed, 'record')} since the start`;
      yield ['JOURNAL_BYPASSED', `the disk takes no records; ${past}`];
    } else yield ['JOURNAL_STALLED', 'the disk takes no records from the journal'];
  }
  const used = share(numberOf(journal, 'diskBytes'), numberOf(journal, 'maxBytes'));
  if (used >= nearFullRatio) yield ['JOURNAL_NEAR_FULL', `the journal uses ${percent(used)} of its maxBytes`];
  const paused = numberOf(journal, 'pausedTopics') ?? 0;
  if (paused > 0) {
    yield [
      'TOPICS_PAUSED',
      `waiting on disk while other topics are sent: the records of ${counted(paused, 'topic')}`,
    ];
  }
  const undeliverable = numberOf(journal, 'undeliverableRecords') ?? 0;
  if (undeliverable > 0) {
    const records = counted(undeliverable, 'record');
    yield ['RECORDS_UNDELIVERABLE', `accepted, and given up undelivered: ${records} since the start`];
  }
}

function* checkBuffer(
  { stages: { buffer } }: ProducerStats,
  { nearFullRatio }: ResolvedHealthOptions,
): Iterable<HealthFinding> {
  const sum = (one: 'waitingRecords' | 'waitingBytes', other: 'inFlightRecords' | 'inFlightBytes'): number =>
    (numberOf(buffer, one) ?? 0) + (numberOf(buffer, other) ?? 0);
  const records = share(sum('waitingRecords', 'inFlightRecords'), numberOf(buffer, 'maxRecords'));
  const bytes = share(sum('waitingBytes', 'inFlightBytes'), numberOf(buffer, 'maxBytes'));
  const used = Math.max(records, bytes);
  if (used < nearFullRatio) return;
  const bound = bytes >= records ? 'maxBytes' : 'maxRecords';
  yield ['BUFFER_NEAR_FULL', `the buffer holds ${percent(used)} of its ${bound}`];
}

function* checkDeadLetters({ stages: { deadLetterQueue } }: ProducerStats): Iterable<HealthFinding> {
  const refused = numberOf(deadLetterQueue, 'refusedRecords') ?? 0;
  if (refused > 0)
    yield ['DEAD_LETTERS_REFUSED', `taken by no sink: ${counted(refused, 'dead letter')} since the start`];
}

/** Any stage may report the age of its oldest record, including one of a third party. */
function* checkLateRecords(
  stats: ProducerStats,
  { lateAfterMs }: ResolvedHealthOptions,
): Iterable<HealthFinding> {
  const ages: [place: string, ms: number][] = [
    ['the wait queue', stats.longestWaitForRoomMs],
    ...Object.entries(stats.stages).map(([stage, its]): [string, number] => [stage, oldestMs(its)]),
    ['the adapter', stats.attempts.oldestInFlightMs],
  ];
  const late = ages.filter(([, ms]) => ms >= lateAfterMs);
  if (late.length === 0) return;
  const oldest = Math.max(...late.map(([, ms]) => ms));
  yield [
    'RECORDS_LATE',
    `records have waited up to ${seconds(oldest)}${listed(
      late.map(([place]) => place),
      ', in ',
    )}`,
  ];
}

// The age that a journal reports is that of the oldest record that is not in Kafka, wherever it is.
const oldestMs = (stage: unknown): number =>
  waitingOf(stage, 'waitingRecords') === 0 ? 0 : (waitingOf(stage, 'oldestWaitingMs') ?? 0);

const waitingOf = (stage: unknown, name: keyof WaitingStats): number | undefined => numberIn(stage, name);
const share = (part: number | undefined, whole: number | undefined): number =>
  part === undefined || whole === undefined || whole <= 0 ? 0 : part / whole;
const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const percent = (ratio: number): string => `${Math.floor(ratio * 100)} %`;
const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

/** Returns some of the user's names for a message, each cut to a bounded length. */
function listed(names: readonly string[], before: string): string {
  const most = 5;
  const shown = names.slice(0, most).map(cutName);
  const rest = names.length > most ? ` and ${names.length - most} more` : '';
  return shown.length === 0 ? '' : `${before}${shown.join(', ')}${rest}`;
}
