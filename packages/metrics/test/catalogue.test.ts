import { buffer } from '@holdfast/buffer';
import { circuitBreaker } from '@holdfast/circuit-breaker';
import { createProducer, silentLogger } from '@holdfast/core';
import { deadLetterQueue } from '@holdfast/dead-letter-queue';
import { journal } from '@holdfast/journal';
import { retry } from '@holdfast/retry';
import { simulatedDisk } from '@holdfast/testing';
import { DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../src/instruments/catalogue.js';
import { metrics } from '../src/metrics.js';
import { Sdk } from '../src/sdk.fixture.js';
import { clients } from './clients.fixture.js';

const record = '{record}';
const operation = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const waits = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200];
const syncs = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const counts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];
const sizes = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];
const destination = ['messaging.destination.name', 'messaging.destination.partition.id'];
const send = [
  'messaging.operation.name',
  'messaging.operation.type',
  'server.address',
  'server.port',
  'error.type',
];

type Kind = 'histogram' | 'counter' | 'gauge';
/**
 * Kind, unit, buckets, and the attributes other than `messaging.system` and `messaging.client.id`.
 */
type Row = readonly [kind: Kind, unit: string, attributes: readonly string[], buckets?: readonly number[]];

const table: { readonly [name: string]: Row } = {
  'messaging.client.operation.duration': ['histogram', 's', [...destination, ...send], operation],
  'messaging.client.sent.messages': ['counter', '{message}', [...destination, ...send]],
  'holdfast.producer.sent.records': ['counter', record, []],
  'holdfast.producer.records': ['counter', record, ['holdfast.outcome', 'error.type']],
  'holdfast.producer.state': ['gauge', '1', ['holdfast.producer.state']],
  'holdfast.delivery.duration': [
    'histogram',
    's',
    ['messaging.destination.name', 'holdfast.outcome', 'error.type'],
    waits,
  ],
  'holdfast.stage.duration': ['histogram', 's', ['holdfast.stage'], waits],
  'holdfast.stage.records': ['gauge', record, ['holdfast.stage']],
  'holdfast.stage.size': ['gauge', 'By', ['holdfast.stage']],
  'holdfast.stage.oldest.age': ['gauge', 's', ['holdfast.stage']],
  'holdfast.stage.limit': ['gauge', 'By', ['holdfast.stage']],
  'holdfast.attempts': ['counter', record, ['holdfast.outcome', 'error.type']],
  'holdfast.attempts.retried': ['counter', record, []],
  'holdfast.retry.records': ['counter', record, ['error.type']],
  'holdfast.batch.records': ['histogram', record, [], counts],
  'holdfast.batch.size': ['histogram', 'By', [], sizes],
  'holdfast.throttle.duration': ['counter', 's', []],
  'holdfast.circuit.count': ['gauge', '{circuit}', ['holdfast.circuit.state']],
  'holdfast.circuit.transitions': ['counter', '{transition}', ['holdfast.circuit.state']],
  'holdfast.dead_letters.records': ['counter', record, ['holdfast.sink', 'error.type']],
  'holdfast.dead_letters.refused.records': ['counter', record, []],
  'holdfast.journal.size': ['gauge', 'By', []],
  'holdfast.journal.state': ['gauge', '1', ['holdfast.journal.state']],
  'holdfast.journal.sync.duration': ['histogram', 's', [], syncs],
  'holdfast.journal.recovery.duration': ['gauge', 's', []],
  'holdfast.journal.recovered.records': ['counter', record, []],
  'holdfast.journal.bypassed.records': ['counter', record, []],
  'holdfast.journal.paused.topics': ['gauge', '{topic}', []],
  'holdfast.journal.undeliverable.records': ['counter', record, []],
};

const kindOf = (metric: MetricData): Kind => {
  if (metric.dataPointType === DataPointType.HISTOGRAM) return 'histogram';
  return metric.dataPointType === DataPointType.SUM && metric.isMonotonic ? 'counter' : 'gauge';
};

function rowOf(metric: MetricData): Row {
  const points: MetricData['dataPoints'] = metric.dataPoints;
  const keys = new Set(points.flatMap(({ attributes }) => Object.keys(attributes)));
  const own = [...keys].filter((key) => key !== 'messaging.system' && key !== 'messaging.client.id').sort();
  const { unit } = metric.descriptor;
  if (metric.dataPointType !== DataPointType.HISTOGRAM) return [kindOf(metric), unit, own];
  const buckets = metric.dataPoints[0]?.value.buckets.boundaries ?? [];
  return [kindOf(metric), unit, own, buckets];
}

describe.each(Object.entries(clients))('over %s', (_, make) => {
  it('every instrument has the name, unit, attributes and buckets of the table', async () => {
    const sdk = new Sdk();
    const { adapter, refuseOnce } = await make();
    const producer = await createProducer({
      adapter,
      use: [
        metrics({ clientId: 'catalogue' }),
        journal({ directory: '/outbox' }),
        deadLetterQueue({ file: { directory: '/letters' } }),
        buffer(),
        retry({ initialDelayMs: 1 }),
        circuitBreaker(),
      ],
      env: { disk: simulatedDisk(), logger: silentLogger },
    });
    await producer.send({ topic: 'orders', key: 'k1', value: 'first' });
    refuseOnce();
    await producer.send({ topic: 'orders', key: 'k1', value: 'second' });
    const wrong = producer.send({ topic: 'orders', partition: 99, value: 'third' });
    await expect(wrong).rejects.toMatchObject({ code: 'DEAD_LETTERED' });
    await sdk.collect();

    const expected = Object.entries(table).map(
      ([name, [kind, unit, attributes, ...buckets]]): [string, Row] => [
        name,
        [kind, unit, [...attributes].sort(), ...buckets],
      ],
    );
    const found = sdk.names.map((name): [string, Row | undefined] => {
      const metric = sdk.metric(name);
      return [name, metric && rowOf(metric)];
    });
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    for (const name of sdk.names) {
      expect(sdk.metric(name)?.descriptor.description).toMatch(/^[A-Z1].*\.$/);
      expect(sdk.series(name)).toEqual(
        sdk.series(name, { 'messaging.system': 'kafka', 'messaging.client.id': 'catalogue' }),
      );
    }
    expect(sdk.sum('holdfast.producer.records', { 'holdfast.outcome': 'delivered' })).toBe(2);
    expect(sdk.sum('holdfast.producer.records', { 'holdfast.outcome': 'dead-lettered' })).toBe(1);
    expect(sdk.sum('holdfast.dead_letters.records', { 'holdfast.sink': 'file' })).toBe(1);
    expect(sdk.sum('holdfast.retry.records')).toBe(1);
    expect(sdk.sum('messaging.client.sent.messages', { 'error.type': 'UNKNOWN_PARTITION' })).toBe(0);
    await producer.close();
  });
});

it('the catalogue and the table have the same instruments', () => {
  expect(Object.keys(catalogue).sort()).toEqual(Object.keys(table).sort());
});
