import { readFileSync } from 'node:fs';
import { createProducer } from '@holdfast/core';
import { buffer } from '@holdfast/buffer';
import { memoryKafka } from '@holdfast/testing';
import { metrics as api } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { expect, it, onTestFinished } from 'vitest';
import { catalogue, type Instrument } from '../src/instruments/catalogue.js';
import { metrics } from '../src/metrics.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const chapter = (title: string): string => readme.split(/^## /m).find((one) => one.startsWith(title)) ?? '';
const rows = (title: string): string[][] =>
  chapter(title)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));

it('the table of instruments is the catalogue', () => {
  const told = rows('The instruments').map(([, name, kind, unit]) => [name, kind, unit]);
  const instruments = Object.entries<Instrument>(catalogue);
  expect(told.sort()).toEqual(
    instruments.map(([name, { kind, unit }]) => [`\`${name}\``, kind, `\`${unit}\``]).sort(),
  );
});

it("the queries for Java's metrics use the names that the Prometheus exporter writes", async () => {
  const reader = new PrometheusExporter({ preventServerStart: true });
  api.disable();
  api.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  onTestFinished(() => api.disable());
  const kafka = memoryKafka({ topics: { orders: 1 } });
  const producer = await createProducer({
    adapter: kafka.adapter(),
    use: [metrics({ clientId: 'readme' }), buffer({ maxRecords: 1 })],
  });
  await Promise.all([1, 2, 3].map((n) => producer.send({ topic: 'orders', value: `${n}` })));
  const { resourceMetrics } = await reader.collect();
  await producer.close();
  const text = new PrometheusSerializer().serialize(resourceMetrics);
  const queries = rows("Java's names").map(([, , query = '']) => query);
  expect(queries).toHaveLength(8);
  for (const query of queries) {
    for (const [, name, label] of query.matchAll(/((?:holdfast|messaging)_\w+)(?:\{(\w+)=)?/g)) {
      const series = text.split('\n').filter((line) => line.startsWith(`${name}{`));
      expect(series, name).not.toEqual([]);
      // A series without an error lacks the label, which is what `=""` matches.
      if (label !== undefined && label !== 'error_type') expect(series.join('\n')).toContain(`${label}="`);
    }
  }
  for (const stage of ['room', 'buffer']) {
    expect(text).toMatch(new RegExp(`holdfast_stage_duration_sum\\{.*holdfast_stage="${stage}"`));
  }
});
