import { expect, it } from 'vitest';
import { isProved, syscallsReport } from './syscalls-report.js';
import type { SyscallResult } from './syscalls.js';

const result: SyscallResult = {
  ...{ way: 'disk', fault: 'fsync EIO', struck: 3, acknowledged: 400, violations: [] },
};

it('says that every promise was kept when each fault struck and broke none', () => {
  expect(isProved(result)).toBe(true);
  expect(syscallsReport([result])).toContain('every promise was kept');
});

it('says that a fault that never struck proves nothing', () => {
  const missed = { ...result, fault: 'rename kill', struck: 0 };
  expect(isProved(missed)).toBe(false);
  expect(syscallsReport([result, missed])).toContain('rename kill: never struck, and so nothing is proved');
  expect(syscallsReport([result, missed])).not.toContain('every promise was kept');
});

it('lists what is broken', () => {
  const broken: SyscallResult = { ...result, violations: [{ invariant: 'I1', message: 'call 6: lost' }] };
  expect(isProved(broken)).toBe(false);
  expect(syscallsReport([broken])).toMatch(/fsync EIO: I1: call 6: lost\n1 violations/);
});
