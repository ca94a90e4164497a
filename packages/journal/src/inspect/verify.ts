import { checkOptions } from '@holdfast/core/stage';
import { isHarmless, type Damage } from '../damage.js';
import { closeFiles, readChecks, readJournal, type ReadJournalOptions } from './read-journal.js';

export interface VerifyReport {
  /** Nothing is damaged; what a crash leaves is no damage. */
  readonly isSound: boolean;
  /** Where it is not as it was written, including what a crash leaves. */
  readonly damage: readonly Damage[];
  readonly segments: number;
  readonly frames: number;
  readonly records: number;
  /** Size of the files. */
  readonly bytes: number;
}

/**
 * Reads every byte of a journal and every record, checks all there is to check, and writes nothing.
 * Damage is returned and never makes it reject; only a journal that cannot be read at all does, as
 * with {@link inspectJournal}. Another process may hold the journal.
 */
export async function verifyJournal(
  directory: string,
  options: ReadJournalOptions = {},
): Promise<VerifyReport> {
  checkOptions('verifyJournal', options, readChecks);
  let frames = 0;
  let records = 0;
  const recovered = await readJournal(directory, options, () => {
    frames = records = 0;
    return ({ count }) => {
      frames++;
      records += count;
    };
  });
  await closeFiles(recovered);
  const { files, damage } = recovered;
  return {
    isSound: damage.every(isHarmless),
    damage,
    segments: files.length,
    frames,
    records,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
