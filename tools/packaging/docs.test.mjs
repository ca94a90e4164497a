import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../setup/places.mjs';

const docs = path.join(root, 'docs');
const adr = path.join(docs, 'adr');

/** @param {string} file */
const read = (file) => fs.readFileSync(file, 'utf8');

/** The lines that are prose: no code, table, heading or figure. @param {string} markdown */
function proseOf(markdown) {
  const withoutCode = markdown.replace(/^```[^]*?^```$/gm, '');
  return withoutCode.split('\n').filter((line) => !/^(\||#|<|!\[)/.test(line));
}

/** The links to files of this repository that lead nowhere. @param {string} page */
function brokenLinks(page) {
  const links = [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, to = '']) => to);
  return links.filter((to) => !/^[a-z]+:/.test(to) && !fs.existsSync(path.resolve(path.dirname(page), to)));
}

const decisions = fs
  .readdirSync(adr)
  .filter((file) => file !== 'README.md')
  .sort()
  .map((file) => {
    const markdown = read(path.join(adr, file));
    const [, number = '', title = ''] = /^# (\d+)\. (.+)$/m.exec(markdown) ?? [];
    return { file, markdown, number: Number(number), title };
  });

describe('the decisions in docs/adr', () => {
  it.each(decisions)('$file has the form of all', ({ file, markdown, number }) => {
    expect(file).toMatch(new RegExp(`^${String(number).padStart(4, '0')}-[a-z0-9-]+\\.md$`));
    expect(markdown).toMatch(
      /^# \d+\. .+\n\n- \*\*Status:\*\* (accepted|superseded|rejected).*(\n {2}\S.*)*\n- \*\*Date:\*\* \d{4}-\d\d-\d\d\n\n## /,
    );
    const [, ...sections] = markdown.split(/^## /m);
    const [context, decision, consequences, ...others] = sections.map((section) => section.split('\n')[0]);
    expect([context, decision, consequences]).toEqual(['Context', 'Decision', 'Consequences']);
    expect([[], ['Alternatives considered']]).toContainEqual(others);
    for (const section of sections) expect(section).toMatch(/^.+\n\n\S/);
  });

  const index = read(path.join(adr, 'README.md'));

  it('are listed in the index, by number and title', () => {
    const rows = [...index.matchAll(/^\| \[(\d+)\]\(([^)]+)\) +\| (.+?) +\| \S+ +\|$/gm)];
    expect(rows.map(([, number, file, title]) => ({ number: Number(number), file, title }))).toEqual(
      decisions.map(({ number, file, title }) => ({ number, file, title })),
    );
  });

  it('leave out the numbers that the index calls unused', () => {
    const taken = decisions.map(({ number }) => number);
    const [, unused = ''] = /^Unused: ([\d, ]+)\./m.exec(index) ?? [];
    const free = Array.from({ length: Math.max(...taken) }, (_, at) => at + 1).filter(
      (n) => !taken.includes(n),
    );
    expect(unused.split(', ').map(Number)).toEqual(free);
  });
});

/** @param {string} place @returns {string[]} */
const filesIn = (place) =>
  fs.readdirSync(place, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'dist', 'out-tsc'].includes(entry.name)) return [];
    return entry.isDirectory() ? filesIn(path.join(place, entry.name)) : [entry.name];
  });
const sources = new Set(['packages', 'apps', 'tools'].flatMap((place) => filesIn(path.join(root, place))));

const pages = fs
  .readdirSync(docs, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .map((file) => `docs/${file.split(path.sep).join('/')}`);

describe.each([...pages, 'README.md'])('%s', (page) => {
  it('links to files that are there', () => {
    expect(brokenLinks(path.join(root, page))).toEqual([]);
  });

  it('names source files that are there', () => {
    const names = [...read(path.join(root, page)).matchAll(/`([a-z-]+(?:\.[a-z-]+)*\.(?:ts|mjs))`/g)];
    expect(names.map(([, name = '']) => name).filter((name) => !sources.has(name))).toEqual([]);
  });

  it('has lines of prose of 100 columns at most', () => {
    expect(proseOf(read(path.join(root, page))).filter((line) => line.length > 100)).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  const page = read(path.join(docs, 'architecture.md'));
  const isThere = (/** @type {string} */ name) =>
    ['', 'packages'].some((folder) => fs.existsSync(path.join(root, folder, name)));

  it('names files and folders that are there', () => {
    const names = [...page.matchAll(/`([a-z][\w-]*\/[\w./-]*)`/g)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name) => !isThere(name))).toEqual([]);
  });

  it('has a place in its map for every package, and for each room of the packages whose rooms it lists', () => {
    const map = page.slice(page.indexOf('## The map'), page.indexOf('## Invariants'));
    const missing = ['packages', 'apps'].flatMap((kind) =>
      foldersIn(kind).filter((name) => !map.includes(`\`${kind === 'apps' ? 'apps/' : ''}${name}/\``)),
    );
    const rooms = [
      'core',
      'buffer',
      'circuit-breaker',
      'journal',
      'adapter-kafkajs',
      'adapter-confluent',
    ].flatMap((name) => foldersIn(`packages/${name}/src`).map((room) => `${name}/src/${room}/`));
    expect([...missing, ...rooms.filter((room) => !map.includes(`\`${room}`))]).toEqual([]);
  });
});

/** @param {string} place */
const foldersIn = (place) =>
  fs
    .readdirSync(path.join(root, place), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
