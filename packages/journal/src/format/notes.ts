import type { Cursor } from '@holdfast/core/internal';

/** From `start` on, `end` excluded. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A segment is to be read up to `offset`; it was synced up to `durable`. */
export interface SegmentEnd {
  readonly number: number;
  readonly offset: number;
  readonly durable: number;
}

export interface Topic {
  readonly id: number;
  readonly name: string;
}

/** What a frame holds beside its records; see docs/journal-format.md. */
export interface Notes {
  /** In order, without overlap. */
  readonly acknowledged: readonly Range[];
  readonly retired: readonly number[];
  readonly ends: readonly SegmentEnd[];
  readonly topics: readonly Topic[];
}

/** A varint of a whole number below 2^53 takes at most this many bytes. */
const longestVarint = 8;
const longestCount = 5;

/** Returns how many bytes {@link writeNotes} needs at most. */
export const notesRoom = ({ acknowledged, retired, ends, topics }: Notes): number =>
  4 * longestCount +
  acknowledged.length * 2 * longestVarint +
  (retired.length + 3 * ends.length) * longestCount +
  topics.reduce((sum, { name }) => sum + topicRoom(name), 0);

/**
 * Returns how many bytes a topic takes at most. Kafka's topic names are ASCII; any other name has
 * at most three bytes per UTF-16 unit.
 */
export const topicRoom = (name: string): number => 2 * longestCount + 3 * name.length;

export function writeNotes(cursor: Cursor, notes: Notes): void {
  cursor.writeVarint(notes.acknowledged.length);
  let last = 0;
  for (const { start, end } of notes.acknowledged) {
    writeLong(cursor, start - last);
    writeLong(cursor, end - start);
    last = end;
  }
  cursor.writeVarint(notes.retired.length);
  for (const number of notes.retired) cursor.writeVarint(number);
  cursor.writeVarint(notes.ends.length);
  for (const { number, offset, durable } of notes.ends) {
    cursor.writeVarint(number);
    cursor.writeVarint(offset);
    cursor.writeVarint(durable);
  }
  cursor.writeVarint(notes.topics.length);
  for (const { id, name } of notes.topics) {
    cursor.writeVarint(id);
    cursor.writeBytes(Buffer.from(name));
  }
}

export function readNotes(cursor: Cursor): Notes {
  let last = 0;
  const acknowledged = times(cursor, () => {
    const start = last + readLong(cursor);
    last = start + readLong(cursor);
    return { start, end: last };
  });
  const retired = times(cursor, () => cursor.readVarint());
  const ends = times(cursor, () => ({
    number: cursor.readVarint(),
    offset: cursor.readVarint(),
    durable: cursor.readVarint(),
  }));
  const topics = times(cursor, () => ({ id: cursor.readVarint(), name: cursor.readBytes().toString() }));
  return { acknowledged, retired, ends, topics };
}

function times<T>(cursor: Cursor, read: () => T): T[] {
  const all: T[] = [];
  // A wrong count must not lead to an endless loop: each item has at least one byte.
  for (let left = cursor.readVarint(); left > 0 && cursor.at < cursor.page.length; left--) all.push(read());
  return all;
}

function writeLong(cursor: Cursor, value: number): void {
  let rest = value;
  while (rest > 127) {
    cursor.page[cursor.at++] = rest % 128 | 128;
    rest = Math.floor(rest / 128);
  }
  cursor.page[cursor.at++] = rest;
}

function readLong(cursor: Cursor): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = cursor.page[cursor.at++] ?? 0;
    value += (byte & 127) * scale;
    if (byte < 128) return value;
  }
}
