import type { SimulatedDisk } from '@holdfast/testing';
import { expect } from 'vitest';
import type { Damage } from '../src/damage.js';
import { recordsOf } from '../src/format/frame.js';
import { recover } from '../src/open/recovery.js';
import { directory, newDisk, Process, World } from './world.fixture.js';

const key = { id: 'k1', key: new Uint8Array(32).fill(7) };

export interface FrameAt {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly kind: number;
  readonly count: number;
  /** The frame and its records as text, for comparison. */
  readonly text: string;
}

const texts = (frames: readonly FrameAt[]): string[] => frames.map(({ text }) => text);

/** Returns all frames of a journal and the damage that was found. */
export async function look(
  disk: SimulatedDisk,
): Promise<{ readonly frames: readonly FrameAt[]; readonly damage: readonly Damage[] }> {
  const frames: FrameAt[] = [];
  const { damage } = await recover({
    disk,
    directory,
    keys: [key],
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

/** Makes a few segments with every kind of frame: data, ranges alone, seal, close. */
export async function journalOf(encrypted: boolean, closed: boolean): Promise<SimulatedDisk> {
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

export const journals = [
  { encrypted: false, closed: true },
  { encrypted: false, closed: false },
  { encrypted: true, closed: true },
] as const;

/**
 * Picks different bits for consecutive bytes, and for the same field of two frames, which begin at
 * multiples of eight.
 */
const bitAt = (at: number): number => (at + (at >> 3)) % 8;

/** Returns the bits to flip in the byte at an offset. */
export type Bits = (at: number) => readonly number[];
export const everyBit: Bits = () => [0, 1, 2, 3, 4, 5, 6, 7];
export const oneBitOfEach: Bits = (at) => [bitAt(at)];
/** 11 and 8 have no common factor, so each place of a word has its turn. */
export const oneBitOfEvery11th: Bits = (at) => (at % 11 === 0 ? [bitAt(at)] : []);

/** Checks that each flipped bit, alone, is noticed, and costs at most its own frame. */
export async function flip(disk: SimulatedDisk, bits: Bits): Promise<void> {
  const sound = await look(disk);
  for (const { path, end } of usedBytes(sound.frames)) {
    const bytes = disk.readFile(path);
    for (let at = 0; at < end; at++) {
      for (const bit of bits(at)) {
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
}

/** Returns whether a segment is cut to a length; `ends` are those of its frames. */
export type Cuts = (length: number, ends: ReadonlySet<number>) => boolean;
export const everyCut: Cuts = () => true;
/**
 * Cuts where a frame ends, one byte before and after that, at the smallest length, and at every
 * 11th.
 */
export const someCuts: Cuts = (length, ends) =>
  length % 11 === 0 || length < 64 || [-1, 0, 1].some((by) => ends.has(length + by));

/** Checks that each cut is noticed, and every frame before it kept. */
export async function cut(disk: SimulatedDisk, cuts: Cuts): Promise<void> {
  const sound = await look(disk);
  for (const { path, end } of usedBytes(sound.frames)) {
    const ends = new Set(sound.frames.filter((one) => one.path === path).map((one) => one.end));
    // After the last frame, a cut changes only the length.
    for (let length = Math.min(disk.readFile(path).length - 1, end + 64); length >= 0; length--) {
      if (!cuts(length, ends)) continue;
      const shorter = disk.fork();
      shorter.truncateFile(path, length);
      const found = await look(shorter);
      const where = `${path}, cut at ${length}`;
      expect(found.damage.length, where).toBeGreaterThan(0);
      const others = sound.frames.filter((one) => one.path !== path || one.end <= length);
      expect(texts(found.frames), where).toEqual(texts(others));
    }
  }
}

/** Returns where the last frame of each segment ends. */
function usedBytes(frames: readonly FrameAt[]): readonly { readonly path: string; readonly end: number }[] {
  const ends = new Map<string, number>();
  for (const { path, end } of frames) ends.set(path, Math.max(end, ends.get(path) ?? 0));
  return [...ends].map(([path, end]) => ({ path, end }));
}
