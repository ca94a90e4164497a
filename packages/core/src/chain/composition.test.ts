import { describe, expect, it } from 'vitest';
import { checkComposition, compositionNotes } from './composition.js';
import { ProducerError } from '../contract/error.js';
import { HeldAdapter } from './held-adapter.fixture.js';
import type { Middleware, Traits } from '../contract/middleware.js';

const stage = (name: string, traits?: Traits): Middleware => ({
  name,
  ...(traits === undefined ? {} : { traits }),
  bind: (next) => ({ send: next }),
});
const journal = stage('journal', { answers: 'acceptance', persists: true });
const dlq = stage('dlq', { needsDeliveryResults: true, diverts: true });
const buffer = stage('buffer', { keepsLanes: true });
const retry = stage('retry', { needsDeliveryResults: true, resends: true });
const metrics = stage('metrics');

const problems = (
  use: readonly unknown[],
  client: unknown = new HeldAdapter(),
  handler = false,
): readonly string[] => {
  try {
    Reflect.apply(checkComposition, undefined, [use, client, handler]);
    return [];
  } catch (error) {
    if (!ProducerError.is(error)) throw error;
    expect(error.code).toBe('INVALID_CHAIN');
    expect(error.message).toBe(`this chain cannot work: ${error.problems?.join('; ')}`);
    return error.problems ?? [];
  }
};

describe('checkComposition', () => {
  it.each([
    [[]],
    [[retry]],
    [[buffer, retry]],
    [[metrics, journal, dlq, buffer, retry]],
    [[stage('tap', { repeatable: true }), buffer, stage('tap', { repeatable: true })]],
  ])('takes chain %#', (use) => {
    expect(problems(use)).toEqual([]);
  });

  it('refuses retry above a stage that answers on acceptance', () => {
    expect(problems([retry, journal], undefined, true)).toEqual([
      "'retry' sees no delivery results: the 'journal' below it answers on acceptance; move 'retry' below 'journal'",
    ]);
  });

  it('refuses the same middleware twice', () => {
    expect(problems([buffer, retry, metrics, metrics])).toEqual([
      "'metrics' stands in the chain more than once; keep one, or give a second one that is meant a name of its own",
    ]);
    expect(problems([metrics, metrics, metrics])).toHaveLength(1);
  });

  it('refuses a second terminal stage, an adapter in use included', () => {
    expect(problems([stage('file', { terminal: true })])).toEqual([
      "two terminal stages: 'file' in use hands nothing on, and the adapter is the end of the chain; give 'file' as the adapter, or remove it",
    ]);
    expect(problems([buffer, new HeldAdapter()])).toEqual([
      "use[1] is an adapter: two terminal stages; give the adapter as 'adapter', not in use",
    ]);
  });

  it('says how a chain that comes as an array goes in', () => {
    expect(problems([[buffer, retry]])).toEqual([
      'use[0] is an array: spread it, as use: [...recommended()], or give it alone, as use: recommended()',
    ]);
  });

  it('refuses a stage that resends above the one that keeps lanes', () => {
    expect(problems([retry, buffer])).toEqual([
      "'retry' above 'buffer' breaks the order within a key: while 'retry' holds a record, 'buffer' sends the later ones of its key; move 'retry' below 'buffer'",
    ]);
  });

  it('refuses acceptance with nobody to take what fails later', () => {
    const silent =
      "'journal' answers on acceptance, so a record that fails later would fail in silence; put a dead-letter queue below it, or give onUndeliverable";
    expect(problems([journal, retry])).toEqual([silent]);
    expect(problems([dlq, journal, retry])).toContain(silent);
    expect(problems([journal, retry], undefined, true)).toEqual([]);
    expect(problems([journal, dlq, retry])).toEqual([]);
  });

  it('refuses acceptance after a time in the same places, and says after which', () => {
    const late = stage('journal', { acceptsAfterMs: 10_000, persists: true });
    const silent =
      "'journal' answers on acceptance after 10000 ms, so a record that fails later would fail in silence; put a dead-letter queue below it, or give onUndeliverable";
    expect(problems([late, retry])).toEqual([silent]);
    expect(problems([late, retry], undefined, true)).toEqual([]);
    expect(problems([late, dlq, retry])).toEqual([]);
    expect(problems([retry, late], undefined, true)).toEqual([
      "'retry' sees no delivery results: the 'journal' below it answers on acceptance after 10000 ms; move 'retry' below 'journal'",
    ]);
    expect(problems([stage('journal', { acceptsAfterMs: Infinity, persists: true }), retry])).toEqual([]);
  });

  it('refuses what is no middleware, and says where and what it may have been', () => {
    const wrong =
      'is no middleware; a middleware is { name, bind(next, env) }, as retry() returns (was it called?)';
    expect(
      problems([() => retry, metrics, null, { name: '', bind: () => 1 }, { name: 5, bind: () => 1 }]),
    ).toEqual([0, 2, 3, 4].map((index) => `use[${index}] ${wrong}`));
  });

  it('refuses what is no adapter', () => {
    expect(problems([], { brokers: [] })).toEqual([
      'adapter is not an adapter; give kafkajsAdapter(…), confluentAdapter(…) or one of your own',
    ]);
  });

  it('refuses an adapter that lacks something, and says what', () => {
    const half = { connect: () => undefined, send: () => undefined };
    expect(problems([], half)).toEqual(['adapter is incomplete: it lacks flush, disconnect']);
  });

  it('reports all at once', () => {
    const found = problems([retry, journal, buffer, buffer, stage('file', { terminal: true }), 5], {});
    expect(found).toHaveLength(7);
    for (const word of [
      'use[5]',
      'adapter',
      'more than once',
      'terminal',
      'acceptance;',
      'order',
      'silence',
    ]) {
      expect(found.some((problem) => problem.includes(word))).toBe(true);
    }
  });
});

describe('compositionNotes', () => {
  it('says what is lost without a stage that keeps lanes', () => {
    expect(compositionNotes([retry])).toEqual([
      "'retry' without a buffer above it: order within a key is only what the client keeps; add buffer() above 'retry'",
    ]);
    expect(compositionNotes([buffer, retry])).toEqual([]);
    expect(compositionNotes([metrics])).toEqual([]);
  });
});
