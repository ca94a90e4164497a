import { ProducerError, type ProducerStats } from '@holdfast/core';
import { emptyStats } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { health, type HealthCode, type HealthOptions, type HealthReport } from '../index.js';
import { healthChecks } from './checks.js';

const healthOf = (some: Partial<ProducerStats>, options?: HealthOptions): HealthReport =>
  health({ stats: () => ({ ...emptyStats(), ...some }) }, options);
const codesOf = ({ reasons }: HealthReport): HealthCode[] => reasons.map(({ code }) => code);

const attempts = (some: Partial<ProducerStats['attempts']>): Partial<ProducerStats> => ({
  attempts: { ...emptyStats().attempts, ...some },
});
const merge = (...some: Partial<ProducerStats>[]): Partial<ProducerStats> =>
  some.reduce((all, one) => ({ ...all, ...one, stages: { ...all.stages, ...one.stages } }), {});
const stage = (name: string, stats: object): Partial<ProducerStats> => ({ stages: { [name]: stats } });

const kafkajs = (connections: unknown): Partial<ProducerStats> => stage('kafkajs', { connections });
const confluent = (state: unknown): Partial<ProducerStats> => stage('confluent', { state });
const journal = (some: object): Partial<ProducerStats> =>
  stage('journal', {
    state: 'open',
    diskBytes: 79,
    maxBytes: 100,
    pausedTopics: 0,
    bypassedRecords: 0,
    ...some,
  });
const buffer = (some: object): Partial<ProducerStats> => {
  const idle = {
    waitingRecords: 0,
    waitingBytes: 0,
    oldestWaitingMs: 0,
    inFlightRecords: 0,
    inFlightBytes: 0,
  };
  return stage('buffer', { ...idle, maxRecords: 100, maxBytes: 1_000, ...some });
};
const circuits = (some: object): Partial<ProducerStats> =>
  stage('circuitBreaker', {
    openCircuits: 0,
    halfOpenCircuits: 0,
    isolatedCircuits: 0,
    notClosed: {},
    ...some,
  });

type Probes = 'live, ready' | 'live, not ready' | 'not live';

/**
 * One row per code: the stats that show it, the message, the result of the probes, and stats that
 * just do not show it.
 */
const table: {
  readonly [code in HealthCode]: readonly [
    seen: Partial<ProducerStats>,
    message: string,
    probes: Probes,
    notEnough: Partial<ProducerStats>,
  ];
} = {
  PRODUCER_CLOSED: [
    { state: 'closed' },
    'the producer is closed and takes no more records',
    'not live',
    { state: 'running' },
  ],
  CLIENT_GAVE_UP: [
    attempts({ fatalErrors: { CLIENT_FATAL: 1 } }),
    'the client has given up permanently, and 1 attempt failed',
    'not live',
    // A client that died and is replaced fails with a retriable error.
    attempts({ retriableErrors: { CLIENT_FATAL: 7 }, fatalErrors: { RECORD_TOO_LARGE: 3 } }),
  ],
  PRODUCER_STARTING: [
    { state: 'starting' },
    'the producer has not started yet',
    'live, not ready',
    { state: 'running' },
  ],
  PRODUCER_CLOSING: [
    { state: 'closing' },
    'the producer is closing and takes no more records',
    'live, not ready',
    { state: 'running' },
  ],
  JOURNAL_STALLED: [
    journal({ state: 'stalled' }),
    'the disk takes no records from the journal',
    'live, not ready',
    journal({ state: 'behind' }),
  ],
  WAITING_FOR_ROOM: [
    { waitingForRoom: 12, longestWaitForRoomMs: 1_000 },
    'waiting for room in the chain: 12 records, the first for 1 s',
    'live, not ready',
    { waitingForRoom: 12, longestWaitForRoomMs: 999 },
  ],
  JOURNAL_BYPASSED: [
    journal({ state: 'stalled', bypassedRecords: 1 }),
    'the disk takes no records; sent to Kafka without the journal: 1 record since the start',
    'live, ready',
    journal({ state: 'open', bypassedRecords: 1 }),
  ],
  RECORDS_UNDELIVERABLE: [
    journal({ undeliverableRecords: 2 }),
    'accepted, and given up undelivered: 2 records since the start',
    'live, ready',
    journal({ undeliverableRecords: 0 }),
  ],
  DEAD_LETTERS_REFUSED: [
    stage('deadLetterQueue', { refusedRecords: 3 }),
    'taken by no sink: 3 dead letters since the start',
    'live, ready',
    stage('deadLetterQueue', { refusedRecords: 0, waitingRecords: 3 }),
  ],
  NO_BROKER: [kafkajs(0), 'kafkajs has no connection to a broker', 'live, ready', kafkajs(1)],
  NO_ANSWER: [
    attempts({ oldestInFlightMs: 10_000 }),
    'the client has waited for a response for 10 s',
    'live, ready',
    attempts({ oldestInFlightMs: 9_999 }),
  ],
  CIRCUIT_OPEN: [
    circuits({ openCircuits: 2, notClosed: { orders: 'open', events: 'open', carts: 'half-open' } }),
    'open: 2 circuits, orders, events',
    'live, ready',
    circuits({ circuits: 2 }),
  ],
  CIRCUIT_ISOLATED: [
    circuits({ isolatedCircuits: 1, notClosed: { orders: 'isolated' } }),
    'isolated: 1 circuit, orders',
    'live, ready',
    circuits({ circuits: 1 }),
  ],
  CIRCUIT_HALF_OPEN: [
    circuits({ halfOpenCircuits: 1, notClosed: { orders: 'half-open' } }),
    'half-open: 1 circuit, orders',
    'live, ready',
    circuits({ circuits: 1 }),
  ],
  RECORDS_LATE: [
    stage('retry', { waitingRecords: 1, oldestWaitingMs: 60_000 }),
    'records have waited up to 60 s, in retry',
    'live, ready',
    stage('retry', { waitingRecords: 1, oldestWaitingMs: 59_999 }),
  ],
  JOURNAL_NEAR_FULL: [
    journal({ diskBytes: 80 }),
    'the journal uses 80 % of its maxBytes',
    'live, ready',
    journal({ diskBytes: 79 }),
  ],
  BUFFER_NEAR_FULL: [
    buffer({ waitingRecords: 60, inFlightRecords: 20, waitingBytes: 600, inFlightBytes: 199 }),
    'the buffer holds 80 % of its maxRecords',
    'live, ready',
    buffer({ waitingRecords: 60, inFlightRecords: 19, waitingBytes: 600, inFlightBytes: 199 }),
  ],
  TOPICS_PAUSED: [
    journal({ pausedTopics: 1 }),
    'waiting on disk while other topics are sent: the records of 1 topic',
    'live, ready',
    journal({ pausedTopics: 0 }),
  ],
};

describe('health', () => {
  it('is ok, live and ready without a reason when all is well, whatever the chain consists of', () => {
    const well = { status: 'ok', live: true, ready: true, reasons: [] };
    expect(healthOf({})).toEqual(well);
    expect(healthOf(merge(kafkajs(3), confluent('up'), journal({}), buffer({}), circuits({})))).toEqual(well);
  });

  it.each(Object.entries(table))('%s', (code, [seen, message, probes, notEnough]) => {
    const report = healthOf(seen);
    const ready = probes === 'live, ready';
    expect(report).toMatchObject({
      live: probes !== 'not live',
      ready,
      status: ready ? 'degraded' : 'failing',
    });
    expect(report.reasons).toMatchObject([{ code, message }]);
    expect(report.reasons[0]?.remedy).toMatch(/^[A-Z].{15,}\.$/);
    expect(codesOf(healthOf(notEnough))).toEqual([]);
  });

  it('fails a liveness probe only for what nothing but a restart repairs', () => {
    const dead = Object.entries(table).filter(([, [, , probes]]) => probes === 'not live');
    expect(dead.map(([code]) => code)).toEqual(['PRODUCER_CLOSED', 'CLIENT_GAVE_UP']);
  });

  it('stays live and ready while Kafka is away and the records have room', () => {
    const report = healthOf(
      merge(
        kafkajs(0),
        circuits({ openCircuits: 1 }),
        buffer({ waitingRecords: 1, oldestWaitingMs: 90_000 }),
      ),
    );
    expect(codesOf(report)).toEqual(['NO_BROKER', 'CIRCUIT_OPEN', 'RECORDS_LATE']);
    expect(report).toMatchObject({ status: 'degraded', live: true, ready: true });
  });

  it('gives the worst reason first, and the worst status of all', () => {
    const report = healthOf({
      ...journal({ diskBytes: 99, state: 'stalled', pausedTopics: 2 }),
      state: 'closing',
    });
    const codes = ['PRODUCER_CLOSING', 'JOURNAL_STALLED', 'JOURNAL_NEAR_FULL', 'TOPICS_PAUSED'];
    expect(codesOf(report)).toEqual(codes);
    expect(report).toMatchObject({ status: 'failing', live: true, ready: false });
  });

  it('learns about brokers from either adapter', () => {
    expect(healthOf(confluent('down')).reasons).toMatchObject([
      { code: 'NO_BROKER', message: 'confluent: no broker responds' },
    ]);
    for (const state of ['new', 'doubtful', 'up', 'closed'])
      expect(codesOf(healthOf(confluent(state)))).toEqual([]);
  });

  it('names the bound that the buffer is nearer to', () => {
    expect(
      healthOf(buffer({ waitingRecords: 85, waitingBytes: 600, inFlightBytes: 350 })).reasons,
    ).toMatchObject([{ code: 'BUFFER_NEAR_FULL', message: 'the buffer holds 95 % of its maxBytes' }]);
  });

  it('names every place where a record is late, a stage of a third party included', () => {
    const report = healthOf({
      ...attempts({ oldestInFlightMs: 75_000 }),
      ...stage('outbox', { oldestWaitingMs: 80_040, waitingRecords: 1 }),
      longestWaitForRoomMs: 10,
    });
    expect(report.reasons).toMatchObject([
      { code: 'NO_ANSWER' },
      { message: 'records have waited up to 80 s, in outbox, the adapter' },
    ]);
  });

  it('does not count a journal as late when all its records are in flight', () => {
    expect(codesOf(healthOf(journal({ waitingRecords: 0, oldestWaitingMs: 90_000 })))).toEqual([]);
    expect(codesOf(healthOf(journal({ waitingRecords: 1, oldestWaitingMs: 90_000 })))).toEqual([
      'RECORDS_LATE',
    ]);
  });

  it('reports a closed producer as closed, and nothing else', () => {
    const left = merge(kafkajs(0), circuits({ openCircuits: 1 }), journal({ state: 'stalled' }));
    expect(codesOf(healthOf({ ...left, state: 'closed' }))).toEqual(['PRODUCER_CLOSED']);
  });

  it.each([
    ['nothing', undefined],
    ['a promise of a producer', Promise.resolve()],
  ])('refuses %s', (_, given) => {
    const checking = (): unknown => Reflect.apply(health, undefined, [given]);
    expect(checking).toThrow("health: 'producer' must be what createProducer resolves with; await it first");
  });

  it('cuts names of the user, and shows at most five of them', () => {
    const notClosed = Object.fromEntries(Array.from({ length: 7 }, (_, at) => [`t${at}`.repeat(60), 'open']));
    const message = healthOf(circuits({ openCircuits: 7, notClosed })).reasons[0]?.message ?? '';
    expect(message).toContain(`${'t0'.repeat(50)}…, `);
    expect(message).toMatch(/ and 2 more$/);
    expect(message.length).toBeLessThan(600);
  });

  it.each([
    [
      'a foreign stage with the name of one of ours',
      { journal: {}, buffer: {}, kafkajs: {}, circuitBreaker: {} },
    ],
    [
      'fields that are not numbers',
      { journal: { diskBytes: 'much', maxBytes: 0 }, kafkajs: { connections: null } },
    ],
    ['infinite bounds', { buffer: { waitingRecords: 9, maxRecords: Infinity, maxBytes: Infinity } }],
    ['missing names', { circuitBreaker: { openCircuits: NaN, notClosed: null } }],
    ['a stage without stats', { journal: undefined, other: undefined }],
  ])('ignores %s', (_, stages: { readonly [name: string]: object | undefined }) => {
    expect(healthOf({ stages })).toMatchObject({ status: 'ok' });
  });

  it('applies thresholds of the user', () => {
    const late = stage('buffer', { waitingRecords: 1, oldestWaitingMs: 5_000 });
    expect(codesOf(healthOf(attempts({ oldestInFlightMs: 500 }), { silentAfterMs: 500 }))).toEqual([
      'NO_ANSWER',
    ]);
    expect(codesOf(healthOf(late, { lateAfterMs: 5_000 }))).toEqual(['RECORDS_LATE']);
    expect(codesOf(healthOf(journal({ diskBytes: 50 }), { nearFullRatio: 0.5 }))).toEqual([
      'JOURNAL_NEAR_FULL',
    ]);
    expect(codesOf(healthOf(journal({ diskBytes: 99 }), { nearFullRatio: 1 }))).toEqual([]);
    const waiting = { waitingForRoom: 1, longestWaitForRoomMs: 20 };
    expect(codesOf(healthOf(waiting, { waitForRoomMs: 20 }))).toEqual(['WAITING_FOR_ROOM']);
    expect(codesOf(healthOf(late, {}))).toEqual([]);
  });

  it('reports all wrong thresholds at once', () => {
    const wrong = { nearFullRatio: 80, lateAfterMs: 0, waitForRoomMs: '1s', unheardOf: 1 };
    let thrown: unknown;
    try {
      Reflect.apply(health, undefined, [{ stats: emptyStats }, wrong]);
    } catch (error) {
      thrown = error;
    }
    expect(ProducerError.is(thrown) && thrown).toMatchObject({ code: 'INVALID_OPTIONS' });
    expect(ProducerError.is(thrown) && thrown.problems).toEqual([
      "'nearFullRatio' must be a number from 0 to 1, not 80",
      "'lateAfterMs' must be a number from 1 to 604800000 ms, not 0",
      "'waitForRoomMs' must be a number from 1 to 604800000 ms, not a string",
      "unknown option 'unheardOf': health has nearFullRatio, silentAfterMs, lateAfterMs, waitForRoomMs",
    ]);
  });

  it('has a row in this table for every code', () => {
    expect(Object.keys(table)).toEqual(Object.keys(healthChecks));
  });
});
