import { expect, it } from 'vitest';
import { chaos, results } from '../chaos.fixture.js';
import { syscallFaults } from './syscall-fault.js';

// Uses strace where it can inject faults, and a faulty disk otherwise, so nothing is skipped.
it('every kind of fault, at the first call, breaks no promise', async () => {
  const { stdout, stderr, code } = await chaos('syscalls --every 10000 --json');
  expect(code, stderr).toBe(0);
  const all = results(stdout);
  expect(all).toHaveLength(syscallFaults.length);
  for (const one of all) {
    expect(one['violations'], String(one['fault'])).toEqual([]);
    expect(one['struck'], String(one['fault'])).toBe(1);
  }
});
