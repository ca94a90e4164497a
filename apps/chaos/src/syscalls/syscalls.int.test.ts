import { beforeAll, describe, expect, it } from 'vitest';
import { build, chaos, results } from '../chaos.fixture.js';
import { syscallFaults } from './syscall-fault.js';

beforeAll(build);

describe('npm run chaos -- syscalls', () => {
  // With strace where it injects; else the disk that the journal is given does it, so that nothing is skipped.
  it.each([
    ['with what works here', 'syscalls --every 40 --json'],
    ['at the first call, within the process', 'syscalls --every 10000 --with disk --json'],
  ])('every kind of fault, %s, breaks no promise', async (_, words) => {
    const { stdout, stderr, code } = await chaos(words);
    expect(code, stderr).toBe(0);
    const all = results(stdout);
    expect(all).toHaveLength(syscallFaults.length);
    for (const one of all) {
      expect(one['violations'], String(one['fault'])).toEqual([]);
      expect(one['struck'], String(one['fault'])).toBeGreaterThan(0);
    }
  });
});
