import { describe, expect, it } from 'vitest';
import type { Measured, Result } from '../measure/result.js';
import { chain, measured, unmeasured } from './results.fixture.js';
import { sectionsOf, type Section } from './scale.js';
import { renderTable, textBar } from './table.js';

const showsOf = (name: string): 'ratio' | 'ours' => (name.startsWith('chain') ? 'ours' : 'ratio');
const sections = (results: readonly Result[]): readonly Section[] => sectionsOf(results, showsOf);

describe('textBar', () => {
  it.each([
    [0, ' '.repeat(30)],
    [50, '█'.repeat(15) + ' '.repeat(15)],
    [51, `${'█'.repeat(15)}▎${' '.repeat(14)}`],
    [100, '█'.repeat(30)],
    [1_000, '█'.repeat(30)],
  ])('of %d in 100', (value, bar) => {
    expect(textBar(value, 100, undefined)).toBe(bar);
  });

  it('has a mark at the goal, in the bar or next to it', () => {
    expect(textBar(50, 100, 90)).toBe(`${'█'.repeat(15)}${' '.repeat(12)}│  `);
    expect(textBar(100, 100, 50)).toBe(`${'█'.repeat(15)}│${'█'.repeat(14)}`);
  });
});

describe('renderTable', () => {
  const text = (...results: Result[]): string => renderTable(sections(results), results, false);

  it('has a part for each section, with figures, goal and success', () => {
    const lines = text(chain(41), measured()).split('\n');
    expect(lines[1]).toMatch(/^chain\/3-layers\/batch-100 .*41 .*ns\/record.*≤ 60 ns\/record +✓$/);
    expect(lines[4]).toMatch(
      /^kafkajs-vs-batched.*█│? .*0\.931 +0\.900–0\.970 +61,230 +65,000.*12\.3.*≥ 0\.9 +✓$/,
    );
  });

  it('says what missed its goal, and what was not measured', () => {
    expect(text(chain(75))).toContain('✗ missed');
    expect(text(unmeasured)).toContain(`${unmeasured.name}: not measured: no <broker>`);
  });

  it('is coloured by success', () => {
    const some: Measured[] = [chain(41), measured({ pass: false })];
    const coloured = renderTable(sections(some), some, true);
    expect(coloured).toContain('\u001b[32mchain');
    expect(coloured).toContain('\u001b[31mkafkajs');
  });
});

describe('sectionsOf', () => {
  it('gives those with the same prefix one scale, with room for goal and extent', () => {
    const name = 'kafkajs-vs-batched/callbacks/1KiB/kafka';
    const [section, ...others] = sections([measured(), measured({ name, ratioMax: 1.2 })]);
    expect(others).toEqual([]);
    expect(section?.bars).toHaveLength(2);
    expect(section?.end).toBeCloseTo(1.05 * 1.2);
  });
});
