import { expect, it } from 'vitest';
import { someMachine as machine } from './figures.fixture.js';
import { jsonLine } from './json.js';
import { measured, unmeasured } from './results.fixture.js';

it('one line has case, ratio, goal and pass, the figures and the machine', () => {
  const line = jsonLine(measured(), machine, false);
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toMatchObject({
    case: 'kafkajs-vs-batched/promises/1KiB/kafka',
    ratio: 0.93125,
    goal: 0.9,
    goalOn: 'ratio',
    goalIs: 'at least',
    pass: true,
    unit: 'records/s',
    ours: 61_235,
    oursCpuNs: 12_346,
    pairs: 7,
    ratioMin: 0.9,
    ratioMax: 0.97,
    records: 60_000,
    quick: false,
    load: 0.5,
  });
});

it('what was not set or not measured is null', () => {
  const line = jsonLine(measured({ goal: undefined, pass: undefined, rawCpuNs: undefined }), machine, true);
  expect(JSON.parse(line)).toMatchObject({
    goal: null,
    goalOn: null,
    pass: null,
    rawCpuNs: null,
    quick: true,
  });
});

it('a case that could not be measured does not pass', () => {
  expect(JSON.parse(jsonLine(unmeasured, machine, false))).toMatchObject({
    case: unmeasured.name,
    ratio: null,
    pass: false,
    problem: 'no <broker>',
  });
});
