import {
  listDeadLetters,
  type DeadLetterSource,
  type StoredDeadLetter,
  type UnreadableLetter,
} from '@holdfast/dead-letter-queue';
import type { Command } from '../arguments/command.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-codes.js';
import { inChunks } from '../terminal/in-chunks.js';
import { ProgressLine } from '../terminal/progress-line.js';
import { count, figure, printable } from '../terminal/format.js';
import { filterChoices, filterOptionSpecs, letterFilter, type FilterChoices } from './letter-filter.js';
import { letterJson, letterText } from './letter-text.js';
import { operands, sourceChoices, sourceOptionSpecs, withSource } from './source.js';

interface ListChoices extends FilterChoices {
  readonly json: boolean;
  readonly values: boolean;
  readonly all: boolean;
  readonly progress: string | undefined;
}

export const list: Command = {
  name: 'dead-letters list',
  operands,
  brief: 'lists the dead letters in files or a topic',
  description:
    'Shows the dead letters that no replay has delivered, oldest first. Writes nothing. Their producer may be running.',
  options: {
    ...sourceOptionSpecs,
    producer: {
      type: 'string',
      value: '<module>',
      help: 'with --topic: an ES module that exports readTopic',
    },
    ...filterOptionSpecs,
    all: { type: 'boolean', help: 'includes letters that a replay has delivered' },
    progress: {
      type: 'string',
      value: '<file>',
      help: 'where replays note what they delivered; default: replayed.ids beside the files',
    },
    values: {
      type: 'boolean',
      help: 'shows keys and values, and with --json headers; default: sizes only',
    },
    json: { type: 'boolean', help: 'prints one JSON object per line' },
  },
  prepare(args) {
    const source = sourceChoices(args);
    const choices = {
      ...filterChoices(args),
      json: args.flag('json'),
      values: args.flag('values'),
      all: args.flag('all'),
      progress: args.text('progress'),
    };
    const producer = source.topic === undefined ? undefined : args.text('producer');
    if (source.topic !== undefined && producer === undefined)
      args.refuse('--topic needs --producer <module>, which exports readTopic');
    return (context) => withSource(source, producer, context, (letters) => run(letters, choices, context));
  },
};

async function run(source: DeadLetterSource, choices: ListChoices, context: Context): Promise<number> {
  const { stderr, clock, disk, output } = context;
  const isIncluded = await letterFilter(choices, context);
  const lineOf = choices.json ? letterJson : letterText;
  let listed = 0;
  let unreadable = 0;
  let replayed = 0;
  const onUnreadable = (one: UnreadableLetter): void => {
    unreadable++;
    logUnreadable(one, context);
  };
  const onReplayed = (letter: StoredDeadLetter): void => void (isIncluded(letter) && replayed++);
  const { all, progress: notes } = choices;
  const options = { disk, all, onUnreadable, onReplayed, ...(notes !== undefined && { progress: notes }) };
  const lines = async function* (): AsyncGenerator<string> {
    for await (const letter of listDeadLetters(source, options)) {
      context.signal.throwIfAborted();
      if (!isIncluded(letter)) continue;
      listed++;
      yield lineOf(letter, choices.values);
    }
  };
  const summary = (): string =>
    `listed ${count(listed, 'dead letter')}${replayed === 0 ? '' : `; ${figure(replayed)} replayed before (--all shows them)`}`;
  const progress = output.isTTY ? undefined : new ProgressLine(stderr, clock, summary);
  try {
    for await (const chunk of inChunks(lines())) if (!(await output.write(chunk))) break;
  } finally {
    progress?.end();
  }
  if (!choices.json) context.log(summary());
  return exitCode(unreadable === 0);
}

export const logUnreadable = ({ place, problem }: UnreadableLetter, { log }: Context): void =>
  log(`${printable(place)}: ${problem}`);
