import type { Measured, Unmeasured } from '../measure/result.js';

export const measured = (given: Partial<Measured> = {}): Measured => ({
  name: 'kafkajs-vs-batched/promises/1KiB/kafka',
  unit: 'records/s',
  ratio: 0.93125,
  ratioMin: 0.9,
  ratioMax: 0.97,
  ours: 61_234.5678,
  raw: 65_000,
  oursCpuNs: 12_345.678,
  rawCpuNs: 11_000,
  oursWallNs: 16_330,
  rawWallNs: 15_384,
  goal: { on: 'ratio', is: 'at least', limit: 0.9 },
  pass: true,
  pairs: 7,
  details: { records: 60_000, batch: 1_000, inFlight: 5 },
  ...given,
});

export const chain = (ours: number): Measured =>
  measured({
    name: 'chain/3-layers/batch-100',
    unit: 'ns/record',
    ratio: 2.5,
    ours,
    raw: 20,
    goal: { on: 'ours', is: 'at most', limit: 60 },
    pass: ours <= 60,
  });

export const unmeasured: Unmeasured = {
  name: 'kafkajs-vs-single/promises/1KiB/kafka',
  problem: 'no <broker>',
};
