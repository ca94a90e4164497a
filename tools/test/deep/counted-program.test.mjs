import { expect, it } from 'vitest';
import { countedBy } from './counted-program.mjs';

it('takes the counts from the last line', () => {
  expect(countedBy({ code: 0, output: 'one\n31 passed, 0 failed\n' })).toMatchObject({
    passed: 31,
    failed: 0,
    output: '',
  });
  const output = '✗ fsync: every test passes without it\n30 passed, 1 failed\n';
  expect(countedBy({ code: 1, output })).toMatchObject({ passed: 30, failed: 1, output });
});

it.each([
  [0, 'one'],
  [0, ''],
  [139, 'Segmentation fault\n'],
  [1, '31 passed, 0 failed\n'],
  [0, '30 passed, 1 failed\n'],
  [0, '31 passed, 0 failed\nand then something\n'],
])('takes code %d after %j for a failure', (code, output) => {
  const counted = countedBy({ code, output });
  expect(counted).toMatchObject({ passed: 0, failed: 1 });
  expect(counted.output).toContain(`ended with code ${code}`);
});
