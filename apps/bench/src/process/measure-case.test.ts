import { describe, expect, it } from 'vitest';
import { findCase } from '../cases/catalogue.js';
import { measureCase } from './measure-case.js';

const options = { pairs: 2, quick: true, brokers: [], topic: 'orders' };

describe('the cases without a cluster, with few records', () => {
  it.each([
    'chain/0-layers/batch-1',
    'chain/3-layers/batch-100',
    'dispatcher/3-layers/sendBatch-100',
    'dispatcher/3-layers/send-callback',
    'dispatcher/3-layers/send-promise',
    'backlog-memory/100B',
    'backlog-cost/1KiB/no-io',
  ])('%s is measured', async (name) => {
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    const result = await measureCase(findCase(name), { ...options, records: 20_000, log });
    expect(result).toMatchObject({ name, pairs: 2, details: { records: 20_000 } });
    expect(result.ratio).not.toBeNaN();
    expect(result.oursCpuNs).toBeGreaterThan(0);
    expect(lines).toHaveLength(3);
  });
});
