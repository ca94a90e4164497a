import {
  replayDeadLetters,
  type DeadLetterReplayProgress,
  type DeadLetterReplayReport,
  type DeadLetterReplayTarget,
  type DeadLetterSource,
} from '@holdfast/dead-letter-queue';
import type { Command } from '../arguments/command.js';
import type { Given } from '../arguments/parsed-arguments.js';
import type { Context } from '../context.js';
import { verdict } from '../exit-codes.js';
import {
  heldText,
  limits,
  nobody,
  sendingChoices,
  sendingOptions,
  stoppedText,
  withProgress,
  type SendingChoices,
} from '../replay-options.js';
import { count, figure, messageOf, printable } from '../terminal/format.js';
import { filterChoices, filterOptions, letterFilter, type FilterChoices } from './letter-filter.js';
import { sayUnreadable } from './list.js';
import { operands, sourceChoices, sourceOptions, withSource } from './source.js';

interface Choices extends SendingChoices, FilterChoices {
  readonly filter: string | undefined;
  readonly again: boolean;
  /** `false`: nothing is noted; undefined: where the source says. */
  readonly progress: string | false | undefined;
}

export const replay: Command = {
  name: 'dead-letters replay',
  operands: `${operands}, --producer <module>`,
  brief: 'sends dead letters again',
  does: 'Sends dead letters as they were, oldest first, and notes which were delivered, so that no later replay sends them again.',
  options: {
    ...sourceOptions,
    ...sendingOptions,
    ...filterOptions,
    again: { type: 'boolean', help: 'sends what was replayed before, too' },
    progress: {
      type: 'string',
      value: '<file>',
      help: 'where it notes what was delivered; replayed.ids beside the files unless given; a topic needs one',
    },
    'no-progress': { type: 'boolean', help: 'notes nothing: a second replay sends all again' },
  },
  prepare(given) {
    const source = sourceChoices(given);
    const progress = progressChoice(given, source.topic !== undefined);
    const choices = {
      ...sendingChoices(given, source.topic !== undefined),
      ...filterChoices(given),
      again: given.flag('again'),
      progress,
    };
    const { dryRun, producer } = choices;
    const needed = dryRun && source.topic === undefined ? undefined : producer;
    return (context) =>
      withSource(source, needed, context, async (letters, module) =>
        run(letters, dryRun || module === undefined ? nobody : await module.producer(), choices, context),
      );
  },
};

function progressChoice(given: Given, ofTopic: boolean): Choices['progress'] {
  const file = given.text('progress');
  const none = given.flag('no-progress');
  if (file !== undefined && none) given.refuse('either --progress or --no-progress, not both');
  if (ofTopic && file === undefined && !none)
    given.refuse('--topic needs --progress <file>, where it is noted what was delivered (or --no-progress)');
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
    notes === false ? 'nothing is noted: the next run sends all again' : 'run it again for the rest';
  const report = await withProgress<DeadLetterReplayProgress, DeadLetterReplayReport>(
    context,
    { dryRun, progressText, rest },
    (onProgress) =>
      replayDeadLetters(source, target, {
        ...{ disk, clock, signal, filter, dryRun, again, onProgress, ...limits(choices) },
        ...(notes !== undefined && { progress: notes }),
        onUnreadable: (one) => sayUnreadable(one, context),
      }),
  );
  await context.output.write(json ? jsonOf(report) : textOf(dryRun, report));
  const { failed, unreadable, stoppedAt } = report;
  return verdict(failed === 0 && unreadable === 0 && stoppedAt === undefined);
}

const progressText = (now: DeadLetterReplayProgress): string =>
  `${figure(now.replayed)} delivered, ${figure(now.failed)} failed${heldText(now.heldBack)}, of ${count(now.read, 'dead letter')} read`;

function textOf(dryRun: boolean, report: DeadLetterReplayReport): string {
  const { due, replayed, failed, heldBack, skipped, alreadyReplayed, unreadable, stoppedAt } = report;
  const stop = stoppedAt === undefined ? '' : stoppedText(printable(stoppedAt));
  const sent = dryRun
    ? `${count(due, 'dead letter')} would be sent`
    : `${count(replayed, 'dead letter')} delivered, ${figure(failed)} failed${heldText(heldBack)}`;
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
