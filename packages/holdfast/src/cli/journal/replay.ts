import {
  replayJournal,
  type ExportedRecord,
  type ReplayProgress,
  type ReplayReport,
  type ReplayTarget,
} from '@holdfast/journal';
import { ProducerError } from '@holdfast/core';
import type { Command } from '../arguments/command.js';
import type { Context } from '../context.js';
import { journalLocked } from '../errors.js';
import { exitCode } from '../exit-codes.js';
import { loadFilter } from '../modules/filter-module.js';
import { loadKeys } from '../modules/keys-module.js';
import { withProducer } from '../modules/with-producer.js';
import {
  heldBackText,
  replayLimits,
  dryRunTarget,
  replayChoices,
  replayOptionSpecs,
  stoppedText,
  withProgress,
  type ReplayChoices,
} from '../replay-options.js';
import { count, figure, messageOf, printable } from '../terminal/format.js';
import { expectJournal } from '../path-kind.js';
import { DamageReport } from './damage-report.js';
import { journalChoices, keysOptionSpec, type JournalChoices } from './read-journal.js';

type Choices = JournalChoices & ReplayChoices;

export const replay: Command = {
  name: 'journal replay',
  operands: '<directory> --producer <module>',
  brief: 'sends the waiting records of a journal',
  description:
    'Sends the waiting records of a journal that no process uses, in order, and acknowledges those that were delivered.',
  options: { ...replayOptionSpecs, ...keysOptionSpec },
  prepare(args) {
    const choices = { ...journalChoices(args), ...replayChoices(args) };
    const { dryRun, producer } = choices;
    if (dryRun || producer === undefined) return (context) => run(choices, context, () => dryRunTarget);
    return (context) =>
      withProducer(producer, context, (module) => run(choices, context, () => module.producer()));
  },
};

async function run(
  choices: Choices,
  context: Context,
  target: () => ReplayTarget | Promise<ReplayTarget>,
): Promise<number> {
  const { disk, clock, signal } = context;
  const { directory, dryRun, json } = choices;
  const filter = await loadFilter<ExportedRecord>(choices.filter, context);
  const keys = await loadKeys(choices.keys, context);
  await expectJournal(disk, directory);
  const producer = await target();
  const rest = 'the rest is in the journal: run it again, or start its producer';
  const report = await withProgress<ReplayProgress, ReplayReport>(
    context,
    { dryRun, progressText, rest },
    (onProgress) =>
      replayJournal(directory, producer, {
        disk,
        clock,
        signal,
        keys,
        filter,
        dryRun,
        onProgress,
        ...replayLimits(choices),
      }),
  ).catch((error: unknown) => {
    throw dryRun ? error : withAdvice(directory, error);
  });
  await context.output.write(json ? jsonOf(report) : textOf(directory, dryRun, report));
  const damage = new DamageReport([...report.damage]);
  damage.log(context);
  return exitCode(report.failed === 0 && report.stoppedAt === undefined && damage.isHarmless);
}

const progressText = (now: ReplayProgress): string =>
  `${figure(now.delivered)} of ${count(now.live, 'record')} delivered, ${figure(now.failed)} failed${heldBackText(now.heldBack)}, ${figure(now.skipped)} left out`;

function textOf(
  directory: string,
  dryRun: boolean,
  { live, delivered, failed, heldBack, skipped, error, stoppedAt }: ReplayReport,
): string {
  const where = printable(directory);
  if (dryRun)
    return `${where}: ${count(live - skipped, 'record')} would be sent, ${figure(skipped)} left out\n`;
  const first = error === undefined ? '' : `The first failure: ${printable(messageOf(error))}\n`;
  const stop = stoppedAt === undefined ? '' : stoppedText(`record ${stoppedAt}`);
  const rest = live - delivered === 0 ? '' : ` ${count(live - delivered, 'record')} still in the journal.`;
  return `${where}: ${count(delivered, 'record')} delivered, ${figure(failed)} failed${heldBackText(heldBack)}, ${figure(skipped)} left out.${rest}\n${stop}${first}`;
}

const jsonOf = ({ error, ...counts }: ReplayReport): string =>
  `${JSON.stringify({ ...counts, ...(error !== undefined && { error: messageOf(error) }) })}\n`;

/** Adds to the error of a locked journal that the producer itself may be what locks it. */
const withAdvice = (directory: string, error: unknown): unknown =>
  ProducerError.is(error) && error.code === 'JOURNAL_LOCKED' ? journalLocked(directory, error) : error;
