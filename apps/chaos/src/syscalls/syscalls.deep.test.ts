/**
 * Makes one in five of the journal's system calls fail or kill the process, with strace and with a
 * faulty disk.
 */
import { describe, expect, it } from 'vitest';
import { chaos, results } from '../chaos.fixture.js';
import { syscallFaults } from './syscall-fault.js';

// Both ways are named, instead of the one that works here: without strace the kernel's own errors
// would go untested, and that must show.
describe.each(['strace', 'disk'] as const)('npm run chaos -- syscalls --with %s', (way) => {
  it('every kind of fault, at one call in five, breaks no promise', async () => {
    const { stdout, stderr, code } = await chaos(`syscalls --with ${way} --every 5 --json`);
    expect(code, stderr).toBe(0);
    const all = results(stdout);
    expect(all).toHaveLength(syscallFaults.length);
    for (const one of all) {
      expect(one['violations'], String(one['fault'])).toEqual([]);
      expect(one['struck'], String(one['fault'])).toBeGreaterThan(0);
    }
  });
});
