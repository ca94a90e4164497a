import { describe, expect, it } from 'vitest';
import type { RecommendedOptions } from '../options.js';
import { readTables } from './page.fixture.js';
import { outbox, Scene } from './scene.fixture.js';
import { situations } from './situations.fixture.js';
import { ways } from './ways.fixture.js';

/** The simulated disk copies what is written to it. */
const small = { directory: outbox, segmentBytes: 64 * 1024, maxBytes: 16 * 1024 * 1024 };

/** The chains of the page, by the heading of their table. */
const chains: { readonly [heading: string]: RecommendedOptions } = {
  'In memory: `recommended()`': {},
  'With a journal: `recommended({ journal: { directory } })`': { journal: small },
  "With a journal that takes responsibility: `acknowledge: 'journaled'`": {
    journal: { ...small, acknowledge: 'journaled' },
  },
};

const header = [...ways.map(({ name }) => name), 'the record is'];
const tables = readTables();

/** Returns the correct content of a table. */
async function play(chain: RecommendedOptions, situation: (typeof situations)[number]): Promise<string[]> {
  const cells: string[] = [];
  const whereabouts = new Set<string>();
  for (const way of ways) {
    const scene = new Scene(way, chain);
    await situation.play(scene);
    cells.push(scene.seen);
    whereabouts.add(await scene.whereabouts());
  }
  return [...cells, [...whereabouts].join('; ')];
}

describe('docs/failure-matrix.md', () => {
  it('has a table for each chain, and no other', () => {
    expect([...tables.keys()]).toEqual(Object.keys(chains));
  });

  describe.each(Object.keys(chains))('%s', (heading) => {
    const table = tables.get(heading);

    it('has a row for each situation, and no other', () => {
      expect([...(table?.keys() ?? [])]).toEqual(['', ...situations.map(({ name }) => name)]);
      expect(table?.get('')).toEqual(header);
    });

    it.each(situations)('$name', async (situation) => {
      expect(table?.get(situation.name)).toEqual(await play(chains[heading] ?? {}, situation));
    });
  });
});
