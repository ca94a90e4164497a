import { aBoolean, aFunction, checkOptions } from '@holdfast/core/stage';
import type { Damage } from '../damage.js';
import { recordsOf } from '../format/frame.js';
import { FrameSource } from '../log/read/frame-source.js';
import type { Segment } from '../log/segments/segment.js';
import { exported, type ExportedRecord } from './exported.js';
import { closeFiles, readChecks, readJournal, type ReadJournalOptions } from './read-journal.js';

export interface ExportOptions extends ReadJournalOptions {
  /** Leaves out the records that Kafka has. Default false. */
  readonly onlyLive?: boolean;
  /**
   * Called before the first record, with each place where the journal is not as it was written,
   * including what a crash leaves.
   */
  readonly onDamage?: (damage: Damage) => void;
}

const chunkBytes = 1024 * 1024;

/**
 * Yields every record of a journal, oldest first, each an {@link ExportedRecord} as a line of JSON:
 * `pipeline(exportJournal(directory), createWriteStream(path))`. It reads the journal twice, first
 * to learn which records are acknowledged, and writes nothing. Another process may hold the
 * journal. Rejects as {@link inspectJournal} does.
 */
export async function* exportJournal(directory: string, options: ExportOptions = {}): AsyncGenerator<string> {
  for await (const record of exportRecords(directory, options)) yield `${JSON.stringify(record)}\n`;
}

/** Yields the same records as objects. */
export async function* exportRecords(
  directory: string,
  options: ExportOptions = {},
): AsyncGenerator<ExportedRecord> {
  checkOptions('exportJournal', options, { ...readChecks, onlyLive: aBoolean, onDamage: aFunction });
  const recovered = await readJournal(directory, options, () => () => undefined);
  try {
    for (const damage of recovered.damage) options.onDamage?.(damage);
    for (const segment of recovered.segments) yield* recordsOfSegment(segment, options);
  } finally {
    await closeFiles(recovered);
  }
}

async function* recordsOfSegment(
  segment: Segment,
  { signal, onlyLive = false }: ExportOptions,
): AsyncGenerator<ExportedRecord> {
  const { file, headerBytes, readable, cipherAt } = segment;
  const source = new FrameSource({
    file,
    expected: segment,
    cipher: cipherAt,
    from: headerBytes,
    to: readable,
    chunkBytes,
  });
  let end = segment.first;
  try {
    while (await source.load()) {
      signal?.throwIfAborted();
      for (let frame = source.next(); frame !== undefined; frame = source.next()) {
        // Only a forged frame goes back.
        if (!('kind' in frame) || frame.count === 0 || frame.first < end) continue;
        end = frame.first + frame.count;
        for (const [sequence, record] of recordsOf(frame)) {
          const acknowledged = segment.isAcknowledged(sequence);
          if (!onlyLive || !acknowledged) yield exported(sequence, acknowledged, record);
        }
      }
    }
  } finally {
    await source.end();
  }
}
