import { expect, it } from 'vitest';
import { partsWith } from './parts.mjs';

it('has a unique name for each part, and a description', () => {
  const parts = partsWith('1');
  expect(new Set(parts.map(({ name }) => name)).size).toBe(parts.length);
  for (const { does, checks } of parts) {
    // A deep file without a doc comment only has its path.
    expect(does).toMatch(/^(?!.*\.deep\.test\.).+/);
    expect(checks.length).toBeGreaterThan(0);
  }
});

it('begins with the checks of npm test', () => {
  const [test] = partsWith('1');
  expect(test?.name).toBe('test');
  // Leftovers of the run are searched once, at its end.
  expect(test?.checks.map(({ name }) => name)).not.toContain('leftovers');
});
