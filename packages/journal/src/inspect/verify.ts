import { checkOptions } from '@holdfast/core/stage';
import { isHarmless, type Damage } from '../damage.js';
import { closeFiles, readChecks, readJournal, type ReadJournalOptions } from './read-journal.js';

export interface VerifyReport {
  /** Nothing is damaged; what a crash leaves is no damage. */
  readonly isSound: boolean;
  /** Where it is not as it was written, harmless ends of a crash included. */
  readonly damage: readonly Damage[];
  readonly segments: number;
  readonly frames: number;
  readonly records: number;
  /** Bytes of the files. */
  readonly bytes: number;
}

/**
 * Reads every byte of a journal and every record, checks all there is to check, and writes nothing. Damage is what it answers with,
 * never what it rejects with; that is for a journal that cannot be read at all, as with {@link inspectJournal}. It may be held.
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
