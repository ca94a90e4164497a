/** The queries of docs/operations, and the names in them. */
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../setup/places.mjs';

export const folder = path.join(root, 'docs/operations');

/** @param {string} name */
export const read = (name) => fs.readFileSync(path.join(folder, name), 'utf8');

/**
 * @typedef {object} Target
 * @property {string} expr
 *
 * @typedef {object} Panel
 * @property {string} title
 * @property {string} type
 * @property {Target[]} [targets]
 *
 * @typedef {object} Dashboard
 * @property {Panel[]} panels
 * @property {{ list: { name: string, type: string, definition?: string }[] }} templating
 */

/** @returns {Dashboard} */
export const dashboard = () => JSON.parse(read('dashboard.json'));

/** Returns every query of the dashboard, with its panel or variable. */
export function queriesOfDashboard() {
  const { panels, templating } = dashboard();
  return [
    ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ of: title, expr }))),
    ...templating.list.flatMap(({ name, definition }) =>
      definition === undefined ? [] : [{ of: `$${name}`, expr: definition }],
    ),
  ];
}

/** Returns every rule of alerts.yml; its `expr` is on one line, or an indented block. */
export function alerts() {
  return read('alerts.yml')
    .split(/^ {6}- alert: /m)
    .slice(1)
    .map((rule) => ({
      of: rule.split('\n', 1)[0] ?? '',
      expr: /^ {8}expr: (?:\|\n((?: {10}.*\n)+)|(.*)\n)/m.exec(rule)?.slice(1).join('').trim() ?? '',
      runbook: /runbook: (\S+)/.exec(rule)?.[1],
      labels: [...rule.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label),
    }));
}

const ours = /\b(?:holdfast|messaging|server|error)_[a-z_]+/g;
const labelLists = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const matchers = /\{[^}]*\}/g;
/** The second argument of Grafana's `label_values`. */
const labelValues = /(label_values\([^,]*(?:\{[^}]*\})?),\s*(\w+)\)/g;

/** Returns our metrics and labels that a PromQL query names. @param {string} expr */
export function namesIn(expr) {
  const labels = [
    ...(expr.match(matchers) ?? []).map((one) => one.replaceAll(/"(?:[^"\\]|\\.)*"/g, '')),
    ...(expr.match(labelLists) ?? []),
    ...[...expr.matchAll(labelValues)].map(([, , label = '']) => label),
  ];
  const metrics = expr
    .replaceAll(labelValues, (_, query) => query)
    .replaceAll(matchers, '')
    .replaceAll(labelLists, '');
  return { metrics: metrics.match(ours) ?? [], labels: labels.join(' ').match(ours) ?? [] };
}
