/**
 * The instruments of the package metrics, with the names that OpenTelemetry's Prometheus exporter
 * for Node.js gives them.
 */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../setup/places.mjs';

const sources = path.join(root, 'packages/metrics/src');

/** @param {string} name */
const asPrometheus = (name) => name.replaceAll(/[^a-zA-Z0-9_]/g, '_').replaceAll(/_{2,}/g, '_');

/**
 * The exporter appends no unit to a name; a counter ends with `_total`, and a histogram is three
 * series.
 *
 * @param {string} name
 * @param {string} kind
 */
function seriesOf(name, kind) {
  const base = asPrometheus(name);
  if (kind === 'histogram') return ['bucket', 'sum', 'count'].map((part) => `${base}_${part}`);
  return [kind.endsWith('counter') ? `${base}_total` : base];
}

/** @returns {Promise<{ metrics: Set<string>, labels: Set<string> }>} */
export async function registered() {
  /** @type {{ catalogue: Record<string, { kind: string }> }} */
  const { catalogue } = await import(pathToFileURL(path.join(sources, 'instruments/catalogue.ts')).href);
  const metrics = Object.entries(catalogue).flatMap(([name, { kind }]) => seriesOf(name, kind));
  return { metrics: new Set(metrics), labels: new Set(attributes().map(asPrometheus)) };
}

/** Names in quotes and with dots: in these sources, only instruments and attributes have them. */
function attributes() {
  const files = fs
    .readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('.test'));
  const texts = files.map((file) => fs.readFileSync(path.join(sources, file), 'utf8'));
  return [...texts.join('\n').matchAll(/'((?:holdfast|messaging|server|error)\.[a-z_.]+)'/g)].map(
    ([, name = '']) => name,
  );
}
