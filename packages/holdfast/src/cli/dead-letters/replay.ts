import {
  replayDeadLetters,
  type DeadLetterReplayProgress,
  type DeadLetterReplayReport,
  type DeadLetterReplayTarget,
  type DeadLetterSource,
} from '@holdfast/dead-letter-queue';
import type { Command } from '../arguments/command.js';
import type { ParsedArguments } from '../arguments/parsed-arguments.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-codes.js';
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
import { filterChoices, filterOptionSpecs, letterFilter, type FilterChoices } from './letter-filter.js';
import { logUnreadable } from './list.js';
import { operands, sourceChoices, sourceOptionSpecs, withSource } from './source.js';

interface Choices extends ReplayChoices, FilterChoices {
  readonly filter: string | undefined;
  readonly again: boolean;
  /** `false`: nothing is noted. `undefined`: the default of the source. */
  readonly progress: string | false | undefined;
}

export const replay: Command = {
  name: 'dead-letters replay',
  operands: `${operands}, --producer <module>`,
  brief: 'sends dead letters again',
  description:
    'Sends dead letters unchanged, oldest first, and notes those that were delivered, so that no later replay sends them again.',
  options: {
    ...sourceOptionSpecs,
    ...replayOptionSpecs,
    ...filterOptionSpecs,
    again: { type: 'boolean', help: 'includes letters that were replayed before' },
    progress: {
      type: 'string',
      value: '<file>',
      help: 'where to note what was delivered; default: replayed.ids beside the files; required for a topic',
    },
    'no-progress': { type: 'boolean', help: 'notes nothing, so that the next replay sends all again' },
  },
  prepare(args) {
    const source = sourceChoices(args);
    const progress = progressChoice(args, source.topic !== undefined);
    const choices = {
      ...replayChoices(args, source.topic !== undefined),
      ...filterChoices(args),
      again: args.flag('again'),
      progress,
    };
    const { dryRun, producer } = choices;
    const needed = dryRun && source.topic === undefined ? undefined : producer;
    return (context) =>
      withSource(source, needed, context, async (letters, module) =>
        run(
          letters,
          dryRun || module === undefined ? dryRunTarget : await module.producer(),
          choices,
          context,
        ),
      );
  },
};

function progressChoice(args: ParsedArguments, ofTopic: boolean): Choices['progress'] {
  const file = args.text('progress');
  const none = args.flag('no-progress');
  if (file !== undefined && none) args.refuse('either --progress or --no-progress, not both');
  if (ofTopic && file === undefined && !none)
    args.refuse('--topic requires --progress <file>, where delivered letters are noted (or --no-progress)');
  return none ? false : file;
}

async function run(
  source: DeadLetterSource,
  target: DeadLetterReplayTarget,
  choices: Choices,
  context: Context,
): Promise<number> {
  const { disk, clock, signal } = context;
  const { dryRun, again, progress: notes, json } = choices;
  const filter = await letterFilter(choices, context);
  const rest =
    notes === false ? 'nothing was noted: the next run sends all again' : 'run it again for the rest';
  const report = await withProgress<DeadLetterReplayProgress, DeadLetterReplayReport>(
    context,
    { dryRun, progressText, rest },
    (onProgress) =>
      replayDeadLetters(source, target, {
        ...{ disk, clock, signal, filter, dryRun, again, onProgress, ...replayLimits(choices) },
        ...(notes !== undefined && { progress: notes }),
        onUnreadable: (one) => logUnreadable(one, context),
      }),
  );
  await context.output.write(json ? jsonOf(report) : textOf(dryRun, report));
  const { failed, unreadable, stoppedAt } = report;
  return exitCode(failed === 0 && unreadable === 0 && stoppedAt === undefined);
}

const progressText = (now: DeadLetterReplayProgress): string =>
  `${figure(now.replayed)} delivered, ${figure(now.failed)} failed${heldBackText(now.heldBack)}, of ${count(now.read, 'dead letter')} read`;

function textOf(dryRun: boolean, report: DeadLetterReplayReport): string {
  const { due, replayed, failed, heldBack, skipped, alreadyReplayed, unreadable, stoppedAt } = report;
  const stop = stoppedAt === undefined ? '' : stoppedText(printable(stoppedAt));
  const sent = dryRun
    ? `${count(due, 'dead letter')} would be sent`
    : `${count(replayed, 'dead letter')} delivered, ${figure(failed)} failed${heldBackText(heldBack)}`;
  const others = `${figure(skipped)} left out, ${figure(alreadyReplayed)} replayed before, ${figure(unreadable)} unreadable`;
  const failures = failuresOf(report).map(
    ({ place, topic, error }) => `  ${printable(`${place}  ${topic}  ${error}`)}\n`,
  );
  return `${sent}; ${others}\n${stop}${failures.join('')}`;
}

const jsonOf = (report: DeadLetterReplayReport): string =>
  `${JSON.stringify({ ...report, failures: failuresOf(report) })}\n`;

const failuresOf = ({ failures }: DeadLetterReplayReport) =>
  failures.map(({ letter, error }) => ({
    id: letter.id,
    place: letter.place,
    topic: letter.record.topic,
    error: messageOf(error),
  }));
