import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cli, Target, type Ran } from '../cli.fixture.js';

let cli: Cli;
beforeEach(async () => (cli = await Cli.make()));
afterEach(() => cli.remove());

/** Replays two dead letters through a module with these exports. */
async function replayThrough(exports: unknown): Promise<Ran> {
  const producer = await cli.module(exports);
  return cli.run('dead-letters', 'replay', await cli.letters(2), '--producer', producer);
}

describe('the module of --producer', () => {
  it.each([
    ['a producer', (target: Target) => target],
    ['a promise of one', (target: Target) => Promise.resolve(target)],
    ['a function that makes one', (target: Target) => () => target],
    ['a function that makes one later', (target: Target) => () => Promise.resolve(target)],
  ])('exports %s', async (_, exported) => {
    const target = new Target();
    expect(await replayThrough({ default: exported(target) })).toMatchObject({ code: 0, err: '' });
    expect(target.values).toEqual(['v0', 'v1']);
    expect(target.ends).toEqual(['flush', 'close']);
  });

  it.each([
    ['missing', {}],
    ['a string', { default: 'secret' }],
    ['an array', { default: [] }],
    ['an object without send, flush, close', { default: {} }],
    ['an object without flush, close', { default: { send: () => undefined } }],
    ['null', { default: () => null }],
    ['a function', { default: () => () => undefined }],
  ])('is refused when the default export is %s', async (is, exports) => {
    const { code, out, err } = await replayThrough(exports);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(
      `${cli.path('module.mjs')}' is not a producer, but ${is}; export a Holdfast producer`,
    );
    expect(err).not.toContain('secret');
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('no broker'))],
    [
      'throws',
      () => {
        throw new Error('no broker');
      },
    ],
  ])('is distinguished from one that %s', async (_, exported) => {
    const { code, err } = await replayThrough({ default: exported });
    expect(code).toBe(1);
    expect(err).toMatch(
      /^holdfast: MODULE_FAILED: --producer: the producer of '.*' cannot be created: Error: no broker.*\n$/,
    );
  });

  it.each([
    ['const x = ;', /cannot be loaded: /],
    ["import 'no-such-package';", /cannot be loaded: .*no-such-package/],
    ["throw new Error('my mistake');", /cannot be loaded: Error: my mistake/],
  ])('says what is wrong with: %s', async (code, words) => {
    cli.importModule = (url) => import(/* @vite-ignore */ url) as Promise<unknown>;
    const path = cli.path('mine.mjs');
    await writeFile(path, code);
    const { code: ended, err } = await cli.run(
      'dead-letters',
      'replay',
      await cli.letters(1),
      '--producer',
      path,
    );
    expect(ended).toBe(1);
    expect(err).toContain(`--producer: '${path}' `);
    expect(err).toMatch(words);
    expect(err).not.toMatch(/^ +at /m);
  });

  it('is imported from its file', async () => {
    cli.importModule = (url) => import(/* @vite-ignore */ url) as Promise<unknown>;
    const path = cli.path('mine.mjs');
    await writeFile(
      path,
      'export default () => ({ send: async () => {}, flush: async () => {}, close: async () => {} });',
    );
    const ran = await cli.run('dead-letters', 'replay', await cli.letters(2), '--producer', path);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('2 dead letters delivered');
  });

  it.each(['flush', 'close'] as const)('reports a failing %s, after what was delivered', async (method) => {
    const target = new Target();
    target[method] = () => Promise.reject(new Error('too late'));
    const { code, out, err } = await replayThrough({ default: target });
    expect(code).toBe(1);
    expect(out).toContain('2 dead letters delivered');
    expect(err).toMatch(
      /PRODUCER_NOT_CLOSED: the producer of '.*' could not be (flushed|closed): Error: too late/,
    );
  });

  it('can be interrupted while it creates its producer', async () => {
    const never = new Promise<never>(() => undefined);
    const made = (): Promise<never> => {
      cli.interrupt();
      return never;
    };
    expect(await replayThrough({ default: made })).toMatchObject({ code: 130, out: '' });
  });

  it('requires an export readTopic for a topic', async () => {
    const argv = ['dead-letters', 'list', '--topic', 'dlq', '--producer'];
    const target = new Target();
    const without = await cli.run(...argv, await cli.module({ default: Promise.resolve(target) }));
    expect(without.code).toBe(2);
    expect(without.err).toMatch(/needs an export 'readTopic', which is missing; add: export const readTopic/);
    const wrong = await cli.again().run(...argv, await cli.module({ readTopic: 5 }));
    expect(wrong.code).toBe(2);
    const again = cli.again();
    const answered = await again.run(...argv, await again.module({ readTopic: () => [] }));
    expect(answered.code).toBe(2);
    expect(answered.err).toContain("must return what the adapter's readTopic returns, and returned an array");
    expect(target.ends).toEqual(['close']);
  });
});
