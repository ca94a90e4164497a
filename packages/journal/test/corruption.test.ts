import { describe, expect, it } from 'vitest';
import {
  cut,
  flip,
  journalOf,
  journals,
  look,
  oneBitOfEach,
  oneBitOfEvery11th,
  someCuts,
} from './corruption.fixture.js';
import { frameKinds } from '../src/format/layout.js';

describe.each(journals)('a journal, encrypted: $encrypted, closed: $closed', ({ encrypted, closed }) => {
  it('has every kind of frame, and no damage', async () => {
    const { frames, damage } = await look(await journalOf(encrypted, closed));
    expect(damage).toEqual([]);
    expect(new Set(frames.map(({ kind }) => kind))).toEqual(
      new Set([frameKinds.data, frameKinds.seal, ...(closed ? [frameKinds.close] : [])]),
    );
    expect(frames.some(({ kind, count }) => kind === frameKinds.data && count === 0)).toBe(true);
    expect(new Set(frames.map(({ path }) => path)).size).toBeGreaterThan(1);
  });

  it('notices a cut, and keeps every frame before it', async () => {
    await cut(await journalOf(encrypted, closed), someCuts);
  });

  it('notices that any segment is missing', async () => {
    const disk = await journalOf(encrypted, closed);
    const sound = await look(disk);
    for (const path of new Set(sound.frames.map((frame) => frame.path))) {
      const without = disk.fork();
      without.erase(path);
      const found = await look(without);
      expect(found.damage, path).toContainEqual({ kind: 'missing-segment', path });
      expect(found.frames).toEqual(sound.frames.filter((one) => one.path !== path));
    }
  });
});

describe('a flipped bit is noticed, and every other frame is kept', () => {
  it('in each byte of a closed journal', async () => {
    await flip(await journalOf(false, true), oneBitOfEach);
  });

  it('in a journal whose process was killed', async () => {
    await flip(await journalOf(false, false), oneBitOfEvery11th);
  });

  it('in an encrypted journal', async () => {
    await flip(await journalOf(true, true), oneBitOfEvery11th);
  });
});
