import type { SimulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import type { Damage } from './damage.js';
import { recordsOf } from './format/frame.js';
import { frameKinds } from './format/layout.js';
import { recover } from './log/recovery.js';
import { directory, newDisk, Process, World } from './world.fixture.js';

const key = { id: 'k1', key: new Uint8Array(32).fill(7) };

interface FrameAt {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly kind: number;
  readonly count: number;
  /** The frame and its records as text, to be compared. */
  readonly text: string;
}

const texts = (frames: readonly FrameAt[]): string[] => frames.map(({ text }) => text);

/** All frames of a journal and what was found to be wrong. */
async function look(
  disk: SimulatedDisk,
  keys = [key],
): Promise<{ frames: FrameAt[]; damage: readonly Damage[] }> {
  const frames: FrameAt[] = [];
  const { damage } = await recover({
    disk,
    directory,
    keys,
    corruption: 'salvage',
    mode: 'read',
    onFrame: (frame, { path }) => {
      let text = `${path} ${frame.offset}`;
      for (const [sequence, { topic, key: of, value }] of recordsOf(frame)) {
        text += ` ${sequence} ${topic} ${String(of)} ${String(value)}`;
      }
      const { offset, bytes, kind, count } = frame;
      frames.push({ path, start: offset, end: offset + bytes, kind, count, text });
    },
  });
  return { frames, damage };
}

/** A few segments with every kind of frame: data, ranges alone, seal, close. */
async function journalOf(encrypted: boolean, closed: boolean): Promise<SimulatedDisk> {
  const world = new World();
  world.broker = 'down';
  const process = new Process(world, {
    disk: newDisk(),
    journal: { acknowledge: 'journaled', ...(encrypted ? { encryption: key } : {}) },
  });
  await process.start();
  const turns = [1, 2, 25, 1, 35, 15, 2];
  for (const [turn, count] of turns.entries()) {
    world.broker = turn < 2 ? 'up' : 'down';
    process.send(count, { valueBytes: 150 });
    await process.clock.advance(80);
  }
  if (closed) await process.close(0);
  return process.disk.kill({ keep: 'all' });
}

// Every bit of every byte takes most of a minute; of the variants, one bit of every byte.
const cases = [
  { encrypted: false, closed: true, everyBit: true },
  { encrypted: false, closed: false, everyBit: false },
  { encrypted: true, closed: true, everyBit: false },
];

describe.each(cases)(
  'a journal, encrypted: $encrypted, closed: $closed',
  ({ encrypted, closed, everyBit }) => {
    it('has every kind of frame, and nothing wrong', async () => {
      const { frames, damage } = await look(await journalOf(encrypted, closed));
      expect(damage).toEqual([]);
      expect(new Set(frames.map(({ kind }) => kind))).toEqual(
        new Set([frameKinds.data, frameKinds.seal, ...(closed ? [frameKinds.close] : [])]),
      );
      expect(frames.some(({ kind, count }) => kind === frameKinds.data && count === 0)).toBe(true);
      expect(new Set(frames.map(({ path }) => path)).size).toBeGreaterThan(1);
    });

    it('notices every flipped bit, and keeps every other frame', async () => {
      const disk = await journalOf(encrypted, closed);
      const sound = await look(disk);
      for (const path of new Set(sound.frames.map((frame) => frame.path))) {
        const bytes = disk.readFile(path);
        const end = Math.max(...sound.frames.filter((one) => one.path === path).map((one) => one.end));
        for (let at = 0; at < end; at++) {
          for (const bit of everyBit ? [0, 1, 2, 3, 4, 5, 6, 7] : [at % 8]) {
            const flipped = disk.fork();
            flipped.patchFile(path, at, Uint8Array.of((bytes[at] ?? 0) ^ (1 << bit)));
            const found = await look(flipped);
            const where = `${path}, byte ${at}, bit ${bit}`;
            expect(found.damage.length, where).toBeGreaterThan(0);
            const others = sound.frames.filter((one) => one.path !== path || at < one.start || at >= one.end);
            expect(texts(found.frames), where).toEqual(texts(others));
          }
        }
      }
    }, 120_000);

    it('notices a cut at every byte, and keeps every frame before it', async () => {
      const disk = await journalOf(encrypted, closed);
      const sound = await look(disk);
      for (const path of new Set(sound.frames.map((frame) => frame.path))) {
        const used = Math.max(...sound.frames.filter((one) => one.path === path).map((one) => one.end));
        // Behind the last frame, a cut is a matter of the length alone.
        for (let length = Math.min(disk.readFile(path).length - 1, used + 64); length >= 0; length--) {
          const cut = disk.fork();
          cut.truncateFile(path, length);
          const found = await look(cut);
          const where = `${path}, cut at ${length}`;
          expect(found.damage.length, where).toBeGreaterThan(0);
          const others = sound.frames.filter((one) => one.path !== path || one.end <= length);
          expect(texts(found.frames), where).toEqual(texts(others));
        }
      }
    }, 120_000);

    it('notices a segment that is gone, whichever it is', async () => {
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
  },
);
