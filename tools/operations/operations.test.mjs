import { describe, expect, it } from 'vitest';
import { alerts, dashboard, namesIn, queriesOfDashboard, read } from './queries.mjs';
import { registered } from './registered.mjs';

describe('the queries of docs/operations', async () => {
  const { metrics, labels } = await registered();

  it.each([...alerts(), ...queriesOfDashboard()])('$of names what the code registers', ({ expr }) => {
    const names = namesIn(expr);
    expect(names.metrics.length).toBeGreaterThan(0);
    expect(names.metrics.filter((name) => !metrics.has(name))).toEqual([]);
    expect(names.labels.filter((name) => !labels.has(name))).toEqual([]);
  });

  it('are distinguished: a metric, a label, and quoted text', () => {
    const query = 'sum by (le, error_type) (rate(holdfast_a_bucket{holdfast_b=~"error_c", x="}"}[5m]))';
    expect(namesIn(query)).toEqual({ metrics: ['holdfast_a_bucket'], labels: ['holdfast_b', 'error_type'] });
    const variable = 'label_values(holdfast_a{instance=~"$instance"}, messaging_client_id)';
    expect(namesIn(variable)).toEqual({ metrics: ['holdfast_a'], labels: ['messaging_client_id'] });
  });
});

describe('each alert', () => {
  const runbook = read('README.md');
  const tests = read('alerts.test.yml');

  it.each(alerts())('$of says where the runbook is, which has a chapter for it', ({ of, runbook: at }) => {
    expect(at).toBe(`docs/operations/README.md#${of.toLowerCase()}`);
    expect(runbook).toMatch(new RegExp(`^#+ ${of}$`, 'm'));
  });

  it.each(alerts())('$of is tried: silent before, firing, silent after', ({ of }) => {
    const tried = tests.split('- alertname: ').filter((one) => one.startsWith(`${of}\n`));
    const fires = tried.map((one) => one.includes('exp_alerts:'));
    expect(fires.at(0)).toBe(false);
    expect(fires).toContain(true);
    expect(fires.at(-1)).toBe(false);
  });

  it('is of this number', () => {
    expect(alerts().map(({ of }) => of)).toEqual([...new Set(read('alerts.yml').match(/Holdfast\w+/g))]);
    expect(alerts()).toHaveLength(8);
  });
});

describe('the dashboard', () => {
  it('queries only the data source selected in it', () => {
    const uids = [...read('dashboard.json').matchAll(/"uid": "([^"]*)"/g)].map(([, uid]) => uid);
    expect(new Set(uids)).toEqual(new Set(['${datasource}', 'holdfast']));
  });

  it('has a query in every panel', () => {
    const empty = dashboard().panels.filter(
      ({ type, targets = [] }) => type !== 'row' && targets.length === 0,
    );
    expect(empty).toEqual([]);
  });
});
