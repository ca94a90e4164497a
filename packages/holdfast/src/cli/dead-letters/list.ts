import {
  listDeadLetters,
  type DeadLetterSource,
  type StoredDeadLetter,
  type UnreadableLetter,
} from '@holdfast/dead-letter-queue';
import type { Command } from '../arguments/command.js';
import type { Context } from '../context.js';
import { verdict } from '../exit-codes.js';
import { inChunks } from '../terminal/in-chunks.js';
import { ProgressLine } from '../terminal/progress-line.js';
import { count, figure, printable } from '../terminal/format.js';
import { filterChoices, filterOptions, letterFilter, type FilterChoices } from './letter-filter.js';
import { letterJson, letterText } from './letter-text.js';
import { operands, sourceChoices, sourceOptions, withSource } from './source.js';

interface ListChoices extends FilterChoices {
  readonly json: boolean;
  readonly values: boolean;
  readonly all: boolean;
  readonly progress: string | undefined;
}

export const list: Command = {
  name: 'dead-letters list',
  operands,
  brief: 'the dead letters in files or in a topic that are left',
  does: 'Shows the dead letters that no replay has delivered, oldest first. Writes nothing; their producer may go on meanwhile.',
  options: {
    ...sourceOptions,
    producer: {
      type: 'string',
      value: '<module>',
      help: 'with --topic: the ES module that exports readTopic',
    },
    ...filterOptions,
    all: { type: 'boolean', help: 'with those that a replay has delivered' },
    progress: {
      type: 'string',
      value: '<file>',
      help: 'where replays note what they delivered; replayed.ids beside the files unless given',
    },
    values: {
      type: 'boolean',
      help: 'with keys and values, and with headers in JSON; without, only their sizes',
    },
    json: { type: 'boolean', help: 'a JSON object a line' },
  },
  prepare(given) {
    const source = sourceChoices(given);
    const choices = {
      ...filterChoices(given),
      json: given.flag('json'),
      values: given.flag('values'),
      all: given.flag('all'),
      progress: given.text('progress'),
    };
    const producer = source.topic === undefined ? undefined : given.text('producer');
    if (source.topic !== undefined && producer === undefined)
      given.refuse('--topic needs --producer <module>, which exports readTopic');
    return (context) => withSource(source, producer, context, (letters) => run(letters, choices, context));
  },
};

async function run(source: DeadLetterSource, choices: ListChoices, context: Context): Promise<number> {
  const { stderr, clock, disk, output } = context;
  const fits = await letterFilter(choices, context);
  const lineOf = choices.json ? letterJson : letterText;
  let listed = 0;
  let unreadable = 0;
  let replayed = 0;
  const onUnreadable = (one: UnreadableLetter): void => {
    unreadable++;
    sayUnreadable(one, context);
  };
  const onReplayed = (letter: StoredDeadLetter): void => void (fits(letter) && replayed++);
  const { all, progress: notes } = choices;
  const options = { disk, all, onUnreadable, onReplayed, ...(notes !== undefined && { progress: notes }) };
  const lines = async function* (): AsyncGenerator<string> {
    for await (const letter of listDeadLetters(source, options)) {
      context.signal.throwIfAborted();
      if (!fits(letter)) continue;
      listed++;
      yield lineOf(letter, choices.values);
    }
  };
  const words = (): string =>
    `listed ${count(listed, 'dead letter')}${replayed === 0 ? '' : `; ${figure(replayed)} replayed before (--all shows them)`}`;
  const progress = output.isTTY ? undefined : new ProgressLine(stderr, clock, words);
  try {
    for await (const chunk of inChunks(lines())) if (!(await output.write(chunk))) break;
  } finally {
    progress?.end();
  }
  if (!choices.json) context.say(words());
  return verdict(unreadable === 0);
}

export const sayUnreadable = ({ place, problem }: UnreadableLetter, { say }: Context): void =>
  say(`${printable(place)}: ${problem}`);
