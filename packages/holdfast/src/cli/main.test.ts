import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commands } from './commands.js';
import { Cli } from './cli.fixture.js';

let cli: Cli;
beforeEach(async () => (cli = await Cli.make()));
afterEach(() => cli.remove());

const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');

describe('holdfast', () => {
  it.each(['--help', '-h', 'help'])('%s lists the commands', async (help) => {
    const { code, out, err } = await cli.run(help);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const { name, brief } of commands) expect(out).toMatch(new RegExp(`  ${name} +${brief}\n`));
    expect(out).toContain('Exit code: 0 ');
  });

  it('lists the commands of a kind', async () => {
    const { code, out } = await cli.run('dead-letters', '--help');
    expect(code).toBe(0);
    expect(out).toContain('dead-letters replay');
    expect(out).not.toContain('journal replay');
  });

  it.each(commands)(
    '$name --help shows its description and options',
    async ({ name, description, options }) => {
      const { code, out } = await cli.run(...words(name), '--help');
      expect(code).toBe(0);
      expect(out).toContain(description);
      for (const [option, { help }] of Object.entries(options)) {
        expect(out).toMatch(new RegExp(`^  --${option}\\b`, 'm'));
        expect(out).toContain(help);
      }
    },
  );

  it.each(commands)('$name: the README has all of its options', async ({ name, options }) => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    expect(readme).toContain(`holdfast ${name}`);
    for (const option of Object.keys(options)) expect(readme).toContain(`--${option}`);
  });

  it('prints its version', async () => {
    expect(await cli.run('--version')).toEqual({ code: 0, out: '1.2.3\n', err: '' });
  });

  it.each([
    ['', 'the commands are journal inspect, journal verify, '],
    ['jurnal inspect x', "dead-letters replay, not 'jurnal'"],
    ['journal', "journal replay, not 'journal'"],
    ['journal undo x', "not 'journal undo'"],
    ['journal inspect', 'the directory of the journal is missing'],
    ['journal inspect a b', "too many arguments: 'b'"],
    ['journal inspect a --colour', "Unknown option '--colour'"],
    ['journal replay a', '--producer <module> is missing'],
    ['journal replay a --dry-run --rate 0', "--rate: a number above 0, not '0'"],
    ['journal replay a --dry-run --rate 1e9', "--rate: a number above 0, not '1e9'"],
    ['journal replay a --dry-run --max-in-flight 0', '--max-in-flight: a whole number from 1 to 10,000,000'],
    ['dead-letters list', 'the directory or file of dead letters, or --topic, is missing'],
    ['dead-letters list a --status lost', "--status: failed or unknown, not 'lost'"],
    ['dead-letters list --topic t', '--topic needs --producer <module>'],
    ['dead-letters list a --topic t --producer p', 'either a path or --topic, not both'],
    ['dead-letters replay --topic t --producer p', '--topic requires --progress <file>'],
    ['dead-letters replay a --producer p --progress f --no-progress', 'not both'],
    ['dead-letters replay --topic t --dry-run --no-progress', '--producer <module> is missing'],
    ['journal replay a --producer /no/such.mjs', "--producer: there is no file '/no/such.mjs'"],
    ['journal replay a --dry-run --filter /no/such.mjs', "--filter: there is no file '/no/such.mjs'"],
  ])('refuses: %s', async (line, problem) => {
    const { code, out, err } = await cli.run(...words(line));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`${problem}`);
    expect(err).toMatch(/^holdfast: .*\nholdfast: see holdfast --help/s);
    expect(err).not.toMatch(/^ +at /m);
  });

  it('names every problem at once', async () => {
    const { err } = await cli.run('journal', 'replay', '--rate', 'x', '--max-in-flight', '');
    for (const problem of ['directory', '--rate', '--max-in-flight', '--producer'])
      expect(err).toContain(problem);
  });
});
