import type { Producer } from '@holdfast/core';
import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import { health, type HealthReport } from '@holdfast/metrics';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../free-port.fixture.js';
import { serveMetrics } from '../service/serve-metrics.js';
import { letters, orders, stream, tooLarge } from './producers.fixture.js';
import { Prometheus, prometheusProgram } from './prometheus.fixture.js';

const every = '500ms';
const phaseTimeoutMs = 90_000;
const read = (name: string): string =>
  readFileSync(new URL(`../../../../docs/operations/${name}`, import.meta.url), 'utf8');

/**
 * The rules as published, during an outage of half a minute: only times and thresholds are shorter.
 * A full journal looks for room every 5 s at the latest, and may fill up once more while it catches
 * up.
 */
const hastened = (rules: string): string =>
  rules
    .replaceAll(/for: \w+/g, 'for: 6s')
    .replaceAll('[10m:15s]', '[10s:1s]')
    .replaceAll(/\b(?:5|10)m\b/g, '10s')
    .replaceAll('> 10000', '> 1000')
    .replaceAll('> 60', '> 8');

const alertsOfAnOutage = [
  'HoldfastBacklogGrows',
  'HoldfastCircuitOpen',
  'HoldfastJournalNearFull',
  'HoldfastJournalStalled',
  'HoldfastNothingDelivered',
  'HoldfastRecordsLate',
];
const alertsOfDeadLetters = ['HoldfastDeadLetters', 'HoldfastDeadLettersRefused'];

const ofOrders = 'messaging_client_id="orders"';
const ended = `sum(holdfast_producer_records_total{${ofOrders}})`;
const backlog = `sum(holdfast_stage_records{${ofOrders}})`;
const oldestAge = `max(holdfast_stage_oldest_age{${ofOrders}})`;
const openCircuits = `sum(holdfast_circuit_count{${ofOrders}, holdfast_circuit_state!="closed"})`;

/** What the operator sees at one moment. */
interface Sight {
  readonly backlog: number | undefined;
  readonly oldestAge: number | undefined;
  readonly openCircuits: number | undefined;
  readonly health: HealthReport;
}

const namesOf = async (prometheus: Prometheus, query: string): Promise<string[]> =>
  (await prometheus.query(query)).map(({ labels }) => labels['alertname'] ?? '').sort();
const firing = (prometheus: Prometheus): Promise<string[]> =>
  namesOf(prometheus, 'ALERTS{alertstate="firing"}');

const seconds = (): number => Date.now() / 1_000;
const until = (look: () => Promise<unknown>, wanted: unknown): Promise<void> =>
  vi.waitFor(async () => expect(await look()).toEqual(wanted), {
    timeout: phaseTimeoutMs,
    interval: 300,
  });

// Without Prometheus the test is skipped, and fails on CI.
describe.skipIf(prometheusProgram === undefined && process.env['CI'] !== 'true')('a real Prometheus', () => {
  let cluster: KafkaCluster;
  let prometheus: Prometheus;
  const cleanups: (() => PromiseLike<unknown>)[] = [];
  const begun = seconds();
  const seen: Record<'before' | 'in' | 'after', Sight | undefined> = {
    ...{ before: undefined, in: undefined, after: undefined },
  };
  let refused: HealthReport | undefined;

  const look = async (producer: Producer): Promise<Sight> => ({
    backlog: await prometheus.value(backlog),
    oldestAge: await prometheus.value(oldestAge),
    openCircuits: await prometheus.value(openCircuits),
    health: health(producer, { lateAfterMs: 8_000 }),
  });

  async function outage(topic: string, producer: Producer): Promise<void> {
    {
      using _ = stream(producer, topic, 300);
      await until(async () => ((await prometheus.value(ended)) ?? 0) > 1_000, true);
      seen.before = await look(producer);
      await cluster.pause(1);
      await until(() => firing(prometheus), alertsOfAnOutage);
      seen.in = await look(producer);
    }
    await cluster.resume(1);
    await until(async () => [await firing(prometheus), await prometheus.value(backlog)], [[], 0]);
    await until(async () => health(producer).status, 'ok');
    seen.after = await look(producer);
  }

  /** The file takes the first, and has no room for the second. */
  async function deadLetters(topic: string, producer: Producer): Promise<void> {
    for (const _ of alertsOfDeadLetters) {
      await expect(producer.send({ topic, value: tooLarge })).rejects.toThrow();
    }
    await until(() => firing(prometheus), alertsOfDeadLetters);
    await until(() => firing(prometheus), []);
  }

  async function opened(producer: Promise<Producer>): Promise<Producer> {
    const open = await producer;
    cleanups.push(() => open.close({ timeoutMs: 5_000 }));
    return open;
  }

  beforeAll(async () => {
    const disk = await mkdtemp(join(tmpdir(), 'holdfast-operations-'));
    cleanups.push(() => rm(disk, { recursive: true, force: true }));
    cluster = await startKafka({ brokers: 1, require: 'real' });
    cleanups.push(() => cluster.down());
    const topic = 'orders';
    await cluster.createTopic(topic, { partitions: 3 });
    const port = await freePort();
    await serveMetrics(port);
    prometheus = await Prometheus.start({ port, every, rules: hastened(read('alerts.yml')) });
    cleanups.push(() => prometheus[Symbol.asyncDispose]());
    const ofLetters = await opened(letters(cluster.brokers, disk));
    await outage(topic, await opened(orders(cluster.brokers, disk)));
    await deadLetters(topic, ofLetters);
    refused = health(ofLetters);
    await sleep(1_000); // one more scrape
  }, 4 * phaseTimeoutMs);

  afterAll(async () => {
    for (const cleanUp of cleanups.reverse()) await cleanUp();
  });

  it('sees backlog, oldest age and circuits rise in an outage, and fall after it', () => {
    expect(seen.before?.openCircuits).toBe(0);
    expect(seen.before?.oldestAge).toBeLessThan(5);
    expect(seen.in?.backlog).toBeGreaterThan(1_000);
    expect(seen.in?.oldestAge).toBeGreaterThan(8);
    expect(seen.in?.openCircuits).toBe(1);
    expect(seen.after).toMatchObject({ backlog: 0, oldestAge: 0, openCircuits: 0 });
  });

  it('agrees with health() of the same producers', () => {
    expect(seen.before?.health).toEqual({ status: 'ok', live: true, ready: true, reasons: [] });
    expect(seen.in?.health).toMatchObject({ status: 'failing', live: true, ready: false });
    const codes = seen.in?.health.reasons.map(({ code }) => code);
    const circuit = codes?.find((code) => code.startsWith('CIRCUIT_'));
    expect(codes).toEqual(
      expect.arrayContaining([
        'JOURNAL_STALLED',
        'WAITING_FOR_ROOM',
        circuit,
        'RECORDS_LATE',
        'JOURNAL_NEAR_FULL',
      ]),
    );
    expect(seen.after?.health).toEqual(seen.before?.health);
    expect(refused).toMatchObject({ status: 'degraded', live: true, ready: true });
    expect(refused?.reasons).toMatchObject([
      { code: 'DEAD_LETTERS_REFUSED', message: 'taken by no sink: 1 dead letter since the start' },
    ]);
  });

  it('has each alert fire once and clear', async () => {
    const series = await prometheus.range('ALERTS{alertstate="firing"}', begun, seconds(), every);
    const times = series.map(({ labels, points }) => [labels['alertname'], spells(points.map(([at]) => at))]);
    const all = [...alertsOfAnOutage, ...alertsOfDeadLetters].sort();
    expect(times.sort()).toEqual(all.map((alert) => [alert, 1]));
    expect(await firing(prometheus)).toEqual([]);
  });

  it('answers every query of the dashboard with data', async () => {
    const queries = panelsOf(read('dashboard.json')).flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => ({ title, expr: filled(expr) })),
    );
    expect(queries.length).toBeGreaterThan(30);
    const now = seconds();
    const empty: string[] = [];
    for (const { title, expr } of queries) {
      const series = await prometheus.range(expr, begun, now, '1s');
      if (!series.some(({ points }) => points.some(([, value]) => Number.isFinite(value)))) empty.push(title);
    }
    expect(empty).toEqual([]);
  });
});

/** How often something occurred in a row. */
function spells(times: readonly number[]): number {
  const gapS = 0.75;
  return times.filter((at, place) => place === 0 || at - (times[place - 1] ?? at) > gapS).length;
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

function panelsOf(text: string): readonly Panel[] {
  const { panels } = JSON.parse(text) as { panels: readonly Panel[] };
  return panels;
}

/** Fills in the variables as Grafana does. */
const filled = (expr: string): string =>
  expr.replaceAll('$instance', '.*').replaceAll('$client', '.*').replaceAll('$__rate_interval', '4s');
