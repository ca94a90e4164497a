import { mkdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cli } from './cli.fixture.js';

let cli: Cli;
beforeEach(async () => (cli = await Cli.make()));
afterEach(() => cli.remove());

/** Creates each kind at a path of its own, and returns the path. */
const places = {
  nothing: () => Promise.resolve(cli.path('nothing')),
  file: () => writing('notes.txt'),
  empty: () => making('empty'),
  foreign: async () => {
    const path = await making('project');
    await writeFile(`${path}/package.json`, '{}');
    return path;
  },
  journal: () => cli.journal(2),
  letters: () => cli.letters(2),
};
async function writing(name: string): Promise<string> {
  await writeFile(cli.path(name), 'text');
  return cli.path(name);
}
async function making(name: string): Promise<string> {
  await mkdir(cli.path(name));
  return cli.path(name);
}

describe.each([
  ['inspect'],
  ['inspect', '--json'],
  ['verify'],
  ['export'],
  ['replay', '--dry-run'],
  ['replay'],
])('holdfast journal %s %s', (...words) => {
  it.each([
    ['nothing', /is not a journal: there is nothing there$/m],
    ['file', /is not a journal: it is a file, and not one of dead letters/],
    ['empty', /is not a journal: it is empty$/m],
    ['foreign', /is not a journal: it has neither segments of a journal .* nor dead letters/],
    [
      'letters',
      /is not a journal: it looks like a directory of dead letters; see holdfast dead-letters list$/m,
    ],
  ] as const)('exits with 2 for %s, and reports what it looks like', async (place, says) => {
    const path = await places[place]();
    const more = words.length === 1 && words[0] === 'replay' ? ['--producer', await cli.module({})] : [];
    const { code, out, err } = await cli.run('journal', ...words.filter(Boolean), path, ...more);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(says);
    expect(err).toContain(`'${path}'`);
  });
});

describe.each([['list'], ['list', '--json'], ['replay', '--dry-run'], ['replay']])(
  'holdfast dead-letters %s %s',
  (...words) => {
    const run = async (path: string) => {
      const more = words.length === 1 && words[0] === 'replay' ? ['--producer', await cli.module({})] : [];
      return cli.run('dead-letters', ...words.filter(Boolean), path, ...more);
    };

    it.each([
      ['nothing', /is not a file or directory of dead letters: there is nothing there$/m],
      ['file', /is not a file or directory of dead letters: it is a file/],
      ['foreign', /is not a file or directory of dead letters: it has neither/],
      [
        'journal',
        /is not a file or directory of dead letters: it looks like a journal; see holdfast journal inspect$/m,
      ],
    ] as const)('exits with 2 for %s, and reports what it looks like', async (place, says) => {
      const { code, out, err } = await run(await places[place]());
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(says);
    });
  },
);

it('accepts an empty directory, which a queue without dead letters leaves', async () => {
  const { code, err } = await cli.run('dead-letters', 'list', await places.empty());
  expect({ code, err }).toEqual({ code: 0, err: 'holdfast: listed 0 dead letters\n' });
});
