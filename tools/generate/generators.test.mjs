import { readJson } from '@nx/devkit';
import { Linter } from 'eslint';
import fs from 'node:fs';
import path from 'node:path';
import { check } from 'prettier';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { generatedTests, injected, ofAnyRealm } from '../lint/injected.mjs';
import { root } from '../setup/places.mjs';
import { adapter, middleware } from './generators.mjs';
import { namesOf } from './names.mjs';
import { filesIn, workspaceTree } from './tree.fixture.mjs';

const kit = [
  'LICENSE',
  'README.md',
  'package.json',
  'src/index.ts',
  'src/options.ts',
  'tsconfig.json',
  'tsconfig.lib.json',
  'tsconfig.spec.json',
  'vitest.config.ts',
];

describe.each(
  /** @type {const} */ ([
    ['middleware', middleware, 'rate-limit', 'rate-limit', 'rate-limit'],
    ['adapter', adapter, 'other', 'adapter-other', 'other-adapter'],
  ]),
)('the generator of a %s', (kind, generator, name, folder, file) => {
  const target = `packages/${folder}`;

  it('makes the kit that every package has', async () => {
    const tree = workspaceTree();
    await generator(tree, { name });
    const files = filesIn(tree, target);
    const own = [`src/${file}.ts`, `src/${file}.test.ts`, `src/${file}.test-d.ts`];
    expect([...files.keys()]).toEqual(expect.arrayContaining([...kit, ...own]));
    expect(files.get('LICENSE')).toBe(fs.readFileSync(path.join(root, 'LICENSE'), 'utf8'));
    expect(readJson(tree, `${target}/package.json`)).toMatchObject({
      name: `@holdfast/${folder}`,
      peerDependencies: { '@holdfast/core': `^${readJson(tree, 'packages/core/package.json').version}` },
      nx: { tags: [`type:${kind}`] },
    });
  });

  it('leaves no placeholder, and everything formatted as prettier does', async () => {
    const tree = workspaceTree();
    await generator(tree, { name });
    const files = filesIn(tree, target);
    const style = readJson(tree, '.prettierrc');
    for (const [where, text] of files) {
      expect(`${where} ${text}`).not.toMatch(/<%|%>|__\w+__|\.template/);
      if (where === 'LICENSE') continue;
      expect(await check(text, { ...style, filepath: where }), where).toBe(true);
    }
    expect(files.size).toBeGreaterThan(kit.length);
  });

  it('keeps our own rules: injection, errors of any realm, one dial of generated tests', async () => {
    const tree = workspaceTree();
    await generator(tree, { name });
    const linter = new Linter({ cwd: root });
    const languageOptions = { parser: /** @type {Linter.Parser} */ (tseslint.parser) };
    const linted = [...filesIn(tree, target)].filter(([where]) => where.endsWith('.ts'));
    for (const [where, text] of linted) {
      const isTest = /\.(test|test-d|fixture)\.ts$/.test(where);
      for (const rules of isTest ? [generatedTests] : [ofAnyRealm, injected]) {
        const messages = linter.verify(text, [{ files: ['**/*.ts'], languageOptions, rules }], where);
        expect(messages, where).toEqual([]);
      }
    }
    expect(linted.length).toBeGreaterThan(4);
  });

  it('adds it to the type checker and the build, in their order and style', async () => {
    const tree = workspaceTree();
    await generator(tree, { name });
    const lines = (tree.read('tsconfig.json', 'utf8') ?? '').split('\n');
    const before = fs.readFileSync(path.join(root, 'tsconfig.json'), 'utf8').split('\n');
    const line = `    { "path": "./${target}" },`;
    expect(lines.filter((one) => one !== line)).toEqual(before);
    const references = lines.filter((one) => one.includes('"path"'));
    expect(references).toContain(line);
    expect(references).toEqual([...references].sort());
  });

  it('changes nothing else', async () => {
    const tree = workspaceTree();
    const before = new Set(tree.listChanges().map((change) => change.path));
    await generator(tree, { name });
    const others = tree.listChanges().filter((change) => !change.path.startsWith(`${target}/`));
    expect(new Set(others.map((change) => change.path))).toEqual(before);
  });

  it('does not overwrite existing files, not even an empty folder', async () => {
    const tree = workspaceTree();
    tree.write(`${target}/dist/left.js`, '');
    await expect(generator(tree, { name })).rejects.toThrow(`${target} is there already: remove it`);
    expect([...filesIn(tree, target).keys()]).toEqual(['dist/left.js']);
  });

  it('makes no second project with the same name', async () => {
    const tree = workspaceTree();
    tree.write('package.json', JSON.stringify({ name: '@proj/source', workspaces: ['tools/*'] }));
    tree.write('tools/it/package.json', JSON.stringify({ name: `@holdfast/${folder}` }));
    await expect(generator(tree, { name })).rejects.toThrow(
      `@holdfast/${folder} is there already, in tools/it`,
    );
  });

  it('reports when npm cannot add it to the workspace', async () => {
    const install = await generator(workspaceTree(), { name });
    // The tree's workspace is not on a disk.
    await expect((async () => install?.())()).rejects.toThrow(`${target} is made, but npm install failed`);
  });

  it('refuses a wrong name before it makes anything', async () => {
    const tree = workspaceTree();
    const before = tree.listChanges().length;
    await expect(generator(tree, { name: 'Rate Limit' })).rejects.toThrow(
      `'Rate Limit' is no name for a package: use small letters, digits and single hyphens: rate-limit`,
    );
    expect(tree.listChanges()).toHaveLength(before);
  });
});

it('uses the naming of the existing packages', () => {
  expect(namesOf('middleware', 'rate-limit')).toEqual({
    folder: 'rate-limit',
    file: 'rate-limit',
    name: 'rateLimit',
    Name: 'RateLimit',
    stage: 'rateLimit',
  });
  const other = { folder: 'adapter-other', file: 'other-adapter', name: 'otherAdapter', stage: 'other' };
  expect(namesOf('adapter', 'other')).toMatchObject(other);
  expect(namesOf('adapter', 'adapter-other')).toMatchObject(other);
});

it.each(['', 'a--b', '-a', 'a-', '1a', 'aB', 'a/b', '../a', 'a b', 'ä'])('refuses the name %j', (name) => {
  expect(() => namesOf('middleware', name)).toThrow('small letters, digits and single hyphens');
});

it.each(['delete', 'await', 'yield', 'eval', 'index', 'options', 'it', 'count-failures'])(
  'refuses a middleware %s, which no function of it could be called; an adapter may be',
  (name) => {
    expect(() => namesOf('middleware', name)).toThrow(`'${name}' is no name for a package: no function`);
    expect(namesOf('adapter', name).folder).toBe(`adapter-${name}`);
  },
);

it('cuts an endless name in its messages', () => {
  expect(() => namesOf('middleware', 'X'.repeat(5_000))).toThrow(/^.{100,250}$/);
});
