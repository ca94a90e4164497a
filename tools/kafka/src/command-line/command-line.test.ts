import { describe, expect, it } from 'vitest';
import { commandsHelp, commandSpec, optionsHelp, readCommand, readCommandLine, UsageError } from './index.js';

const up = commandSpec({
  operands: '[name ...]',
  does: 'starts it',
  options: {
    brokers: { value: '<n>', help: 'how many (default 3)' },
    colour: { value: '<name>', help: 'red or green;\nmay be given twice' },
    quiet: { help: 'no output' },
  },
  read: (given) => ({
    brokers: given.wholeNumber('brokers', 1, 9),
    colours: given.someOf('colour', ['red', 'green'] as const),
    last: given.oneOf('colour', ['red', 'green'] as const),
    quiet: given.flag('quiet'),
    operands: given.operands,
  }),
});
const down = commandSpec({ does: 'ends it', options: {}, read: () => 'down' as const });
const commands = { up, down };

const read = (...argv: string[]) => readCommandLine(argv, up);
function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
  }
  throw new Error('no UsageError');
}

describe('a command line', () => {
  const nothing = { brokers: undefined, colours: undefined, last: undefined, quiet: false, operands: [] };

  it.each([
    [[], {}],
    [['--brokers', '3', '--quiet'], { brokers: 3, quiet: true }],
    [['--brokers=1', '--brokers=2'], { brokers: 2 }],
    [['--colour', 'green', '--colour', 'red'], { colours: ['red', 'green'], last: 'red' }],
    [['a', '--quiet', 'b'], { quiet: true, operands: ['a', 'b'] }],
    [['--', '--quiet'], { operands: ['--quiet'] }],
  ])('%j', (argv, expected) => {
    expect(read(...argv)).toEqual({ ...nothing, ...expected });
  });

  it('takes a list with commas', () => {
    expect(
      readCommandLine(['--colour', 'green, red'], {
        ...up,
        read: (given) => given.someOf('colour', ['red', 'green']),
      }),
    ).toEqual(['red', 'green']);
  });

  it.each([['--help'], ['-h'], ['--brokers', 'many', '--help']])('%s: only help is wanted', (...argv) => {
    expect(read(...argv)).toBe('help');
  });

  it.each([
    [['--broker', '3'], "unknown option '--broker' (did you mean '--brokers'?)"],
    [['--verbose'], "unknown option '--verbose'"],
    [['--hepl'], "unknown option '--hepl' (did you mean '--help'?)"],
    [['-x'], "unknown option '-x'"],
    [['--__proto__'], "unknown option '--__proto__'"],
    [['--constructor=1'], "unknown option '--constructor'"],
    [['--brokers'], '--brokers: <n> is missing'],
    [['--brokers', '--quiet'], '--brokers: <n> is missing'],
    [['--brokers='], "--brokers: a whole number from 1 to 9, not ''"],
    [['--brokers', '10'], "--brokers: a whole number from 1 to 9, not '10'"],
    [['--brokers', '1e0'], "--brokers: a whole number from 1 to 9, not '1e0'"],
    [['--quiet=yes'], '--quiet takes no value'],
    [
      ['--quiet=no', '--broker', '--brokers=0'],
      "--quiet takes no value; unknown option '--broker' (did you mean '--brokers'?); --brokers: a whole number from 1 to 9, not '0'",
    ],
  ])('%j is refused', (argv, message) => {
    expect(refusal(() => read(...argv))).toBe(message);
  });

  it('has no operands unless it names them', () => {
    expect(refusal(() => readCommandLine(['a', 'b'], down))).toBe(
      "unexpected argument 'a'; unexpected argument 'b'",
    );
  });
});

describe('a program with several commands', () => {
  it('reads the options of the one that is named', () => {
    expect(readCommand<unknown>(['down'], commands)).toBe('down');
    expect(readCommand<unknown>(['up', '--brokers', '1'], commands)).toMatchObject({ brokers: 1 });
    expect(refusal(() => readCommand<unknown>(['down', '--brokers', '1'], commands))).toContain(
      "unknown option '--brokers'",
    );
  });

  it.each([['help'], ['-h'], ['--help'], ['down', '-h']])('%s: only help is wanted', (...argv) => {
    expect(readCommand<unknown>(argv, commands)).toBe('help');
  });

  it.each([
    [[], 'a command is missing: one of up, down'],
    [['dwn'], "unknown command 'dwn' (did you mean 'down'?); the commands are up, down"],
    [['toString'], "unknown command 'toString'; the commands are up, down"],
  ])('%j is refused', (argv, message) => {
    expect(refusal(() => readCommand<unknown>(argv, commands))).toBe(message);
  });
});

it('the help lists every option and command in two columns', () => {
  expect(optionsHelp(up.options)).toBe(
    `  --brokers <n>    how many (default 3)
  --colour <name>  red or green;
                   may be given twice
  --quiet          no output
  -h, --help       this text
`,
  );
  expect(commandsHelp(commands)).toBe(
    `  up [name ...]      starts it
    --brokers <n>    how many (default 3)
    --colour <name>  red or green;
                     may be given twice
    --quiet          no output
  down               ends it
  -h, --help         this text
`,
  );
});
