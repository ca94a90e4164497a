import { expect, it } from 'vitest';
import { JavaReport } from './java-report.js';

const latencies = '2.6 ms avg latency, 12.0 ms max latency';
const windowOf = (records: number): string =>
  `${records} records sent, 259.8 records/sec (0.25 MB/sec), ${latencies}.`;
const percentiles = '2 ms 50th, 8 ms 95th, 17 ms 99th, 27 ms 99.9th.';
const whole = `1000 records sent, 222.2 records/sec (0.22 MB/sec), ${latencies}, ${percentiles}`;
const steady = `600 steady state records sent, 248.524386 records/sec (0.24 MB/sec), ${latencies}, ${percentiles}`;

function reportOf(lines: readonly (readonly [line: string, cpuMs?: number])[]): JavaReport {
  const report = new JavaReport(400);
  for (const [line, cpuMs] of lines) report.take(line, cpuMs);
  return report;
}

it('has the rate of the steady state, and the processor time between its lines', () => {
  const report = reportOf([
    ['Warmup first 400 records. Steady state results will print after the complete test summary.', 900],
    [windowOf(300), 1_000],
    ['In steady state.', 1_010],
    [windowOf(150), 1_020],
    [windowOf(200), 1_030],
    [windowOf(300), 1_040],
    [whole, 1_100],
    [steady],
  ]);
  const sample = report.result();
  expect(sample?.value).toBe(248.524386);
  expect(sample?.timing?.cpuNs).toBe((20 * 1e6) / 500);
  expect(sample?.timing?.wallNs).toBeCloseTo(1e9 / 248.524386);
});

it.each([
  ['one line alone', [[windowOf(500), 1_020], [steady]]],
  ['a system that does not say', [[windowOf(450)], [windowOf(300)], [steady]]],
] as const)('says nothing of the processor time after %s', (_, lines) => {
  expect(reportOf(lines).result()).toEqual({ value: 248.524386 });
});

it('has no result, but the last output, of a program that did not finish', () => {
  const report = reportOf([[windowOf(500), 1_000], ['org.apache.kafka.common.errors.TimeoutException']]);
  expect(report.result()).toBeUndefined();
  expect(report.last).toBe('org.apache.kafka.common.errors.TimeoutException');
});
