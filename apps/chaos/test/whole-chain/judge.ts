import { ProducerError, type Outcome } from '@holdfast/core';
import { unknown } from '@holdfast/core/stage';
import { fileDeadLetters, listDeadLetters } from '@holdfast/dead-letter-queue';
import type { HistoryChecker, SimulatedDisk, Violation } from '@holdfast/testing';
import type { SimulatedCluster } from './cluster.js';
import { idOf } from './memory.js';
import type { Fate, Records } from './records.js';
import { deadLetterDirectory, type Setup } from './setup.js';

export interface Evidence {
  readonly setup: Setup;
  readonly history: HistoryChecker;
  readonly cluster: SimulatedCluster;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly records: Records;
  readonly disk: SimulatedDisk;
}

/**
 * Returns the broken promises: the checker's, and those about killed processes, dead letters and
 * refused records.
 */
export async function judge(evidence: Evidence): Promise<Violation[]> {
  const { history, cluster, outcomes } = evidence;
  const { fates } = evidence.records;
  const found = new Set([...cluster.found()].map(idOf));
  const letters = await deadLetters(evidence);
  for (const [id, fate] of fates) {
    const outcome = outcomes.get(id);
    if (fate.expected === 'refusal') checkRefused(history, id, outcome);
    else if (outcome === undefined) {
      if (fate.killed) ofAKilledProcess(evidence, id);
    } else checkEnd(history, id, outcome, { isFound: found.has(id), letter: letters.get(id), fate });
  }
  return history.check().filter((violation) => !isExcused(violation, evidence.records));
}

interface End {
  readonly isFound: boolean;
  /** Checks what a dead letter claims. */
  readonly letter: 'failed' | 'unknown' | undefined;
  readonly fate: Fate;
}

function checkEnd(
  history: HistoryChecker,
  id: string,
  outcome: Outcome,
  { isFound, letter, fate }: End,
): void {
  const note = (invariant: Violation['invariant'], message: string): void =>
    history.note(invariant, `record ${id} ${message}`, id);
  if (letter === 'unknown' || fate.givenUp) history.unordered(id);
  if (outcome.status === 'dead-lettered') {
    if (letter === undefined) note('I1', `was dead-lettered to ${outcome.to}, and there is no letter`);
    if (isFound && !fate.recovered && !outcome.error.maybeWritten)
      note('I4', `was dead-lettered as certainly not written (${outcome.error.code}), and is in the topic`);
  } else if (outcome.status === 'accepted') {
    if (letter !== undefined || fate.givenUp) history.mayBeAbsent(id);
  } else if (outcome.status === 'unknown') {
    if (outcome.error.code !== 'LEFT_IN_JOURNAL') history.unordered(id);
    else if (!isFound && letter === undefined && !fate.givenUp)
      note('I1', 'was left in the journal, and no later start has sent it');
  }
}

function checkRefused(history: HistoryChecker, id: string, outcome: Outcome | undefined): void {
  if (outcome?.status === 'failed' && outcome.error.code === 'INVALID_RECORD') return;
  const said = outcome === undefined ? 'nothing' : 'error' in outcome ? outcome.error.code : outcome.status;
  history.note(
    'I2',
    `record ${id} is no record, and was answered with ${said} instead of INVALID_RECORD`,
    id,
  );
}

/**
 * Nobody got an outcome: the record may be lost or written, and a journal sends it again, in its
 * order.
 */
function ofAKilledProcess({ setup, history }: Evidence, id: string): void {
  history.outcome(id, unknown(new ProducerError('CLOSED', 'its process was killed')));
  if (setup.journal === 'none') history.unordered(id);
}

/**
 * A record that the user or a middleware of theirs changed on its way is not the record that was
 * sent, wherever it is.
 */
const isExcused = ({ invariant, id = '' }: Violation, { fates }: Records): boolean =>
  fates.get(id)?.expected === 'anything' && ['I1', 'I2', 'I3', 'I4'].includes(invariant);

async function deadLetters({ setup, disk }: Evidence): Promise<ReadonlyMap<string, 'failed' | 'unknown'>> {
  const letters = new Map<string, 'failed' | 'unknown'>();
  if (setup.journal === 'none') return letters;
  if ((await disk.info(deadLetterDirectory)) === undefined) return letters;
  for await (const { record, status } of listDeadLetters(fileDeadLetters(deadLetterDirectory, { disk })))
    letters.set(idOf(record), status);
  return letters;
}
