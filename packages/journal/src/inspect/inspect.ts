import { checkOptions } from '@holdfast/core/stage';
import type { Damage } from '../damage.js';
import { endOf } from '../format/frame.js';
import type { Segment } from '../log/segments/segment.js';
import type { SegmentFile } from '../log/segments/segment-file.js';
import {
  closeFiles,
  readChecks,
  readJournal,
  type OnFrame,
  type ReadJournalOptions,
} from './read-journal.js';

export interface JournalCounts {
  /** Size of the files. */
  readonly bytes: number;
  readonly frames: number;
  readonly records: number;
  /** How many of the records Kafka has, or were given up. */
  readonly acknowledged: number;
  /** The others: the next start sends them. */
  readonly live: number;
}

export interface SegmentReport extends JournalCounts {
  readonly number: number;
  readonly path: string;
  /** Where the last frame ends. */
  readonly usedBytes: number;
  /** Milliseconds since 1970; `undefined` when its header is damaged. */
  readonly createdAt: number | undefined;
  /** Of its first record; `undefined` when it has none. */
  readonly firstSequence: number | undefined;
  /** `undefined`: not encrypted, or its header is damaged. */
  readonly keyId: string | undefined;
  /**
   * `sealed`: another segment follows. `closed`: the journal was closed. `undefined`: it is in use,
   * or its process died.
   */
  readonly ended: 'sealed' | 'closed' | undefined;
  readonly damage: readonly Damage[];
}

export interface JournalReport {
  readonly directory: string;
  /** In the order of their numbers. */
  readonly segments: readonly SegmentReport[];
  readonly totals: JournalCounts;
  /** Damage of the segments, and segments that are missing. */
  readonly damage: readonly Damage[];
}

interface Tally {
  frames: number;
  records: number;
  ended: SegmentReport['ended'];
}

/**
 * Returns what a journal holds: its segments, how many records, and how many of them wait to be
 * sent. It reads all of it and writes nothing. Another process may hold the journal; the figures
 * are then those of a moment ago. Rejects with the `ProducerError`s of a start: `JOURNAL_KEY`,
 * `JOURNAL_FAILED`.
 */
export async function inspectJournal(
  directory: string,
  options: ReadJournalOptions = {},
): Promise<JournalReport> {
  checkOptions('inspectJournal', options, readChecks);
  let tallies = new Map<number, Tally>();
  const recovered = await readJournal(directory, options, () => {
    tallies = new Map();
    return tallyInto(tallies);
  });
  await closeFiles(recovered);
  const { damage, files } = recovered;
  const bySegment = new Map(recovered.segments.map((segment) => [segment.number, segment]));
  const segments = files.map((found) =>
    reportOf(found, bySegment.get(found.number), tallies.get(found.number) ?? nothing, damage),
  );
  return { directory, segments, totals: sumOf(segments), damage };
}

const nothing: Tally = { frames: 0, records: 0, ended: undefined };

function tallyInto(tallies: Map<number, Tally>): OnFrame {
  return ({ kind, count }, { number }) => {
    const tally = tallies.get(number) ?? { ...nothing };
    tallies.set(number, tally);
    tally.frames++;
    tally.records += count;
    tally.ended = endOf(kind);
  };
}

function reportOf(
  { number, path, bytes, header }: SegmentFile,
  segment: Segment | undefined,
  { frames, records, ended }: Tally,
  damage: readonly Damage[],
): SegmentReport {
  const { readable = header?.bytes ?? 0, first = -1, live = 0 } = segment ?? {};
  return {
    number,
    path,
    bytes,
    usedBytes: readable,
    createdAt: header?.createdAt,
    frames,
    records,
    acknowledged: records - live,
    live,
    firstSequence: first < 0 ? undefined : first,
    keyId: header?.key?.id,
    ended,
    damage: damage.filter((one) => one.path === path),
  };
}

const sumOf = (segments: readonly SegmentReport[]): JournalCounts => {
  const sum = (of: (one: SegmentReport) => number): number =>
    segments.reduce((total, one) => total + of(one), 0);
  return {
    bytes: sum(({ bytes }) => bytes),
    frames: sum(({ frames }) => frames),
    records: sum(({ records }) => records),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    live: sum(({ live }) => live),
  };
};
