import { expect, it } from 'vitest';
import { partsWith } from './parts.mjs';

it('has a name of its own for each part, and a line about it', () => {
  const parts = partsWith('1');
  expect(new Set(parts.map(({ name }) => name)).size).toBe(parts.length);
  for (const { does, checks } of parts) {
    // A deep file without a doc comment has nothing but its path.
    expect(does).toMatch(/^(?!.*\.deep\.test\.).+/);
    expect(checks.length).toBeGreaterThan(0);
  }
});

it('begins with what npm test checks', () => {
  const [test] = partsWith('1');
  expect(test?.name).toBe('test');
  // What outlived the run is looked for once, at its end.
  expect(test?.checks.map(({ name }) => name)).not.toContain('leftovers');
});
