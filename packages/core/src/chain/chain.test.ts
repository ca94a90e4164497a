import { testEnv } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { Chain } from './chain.js';
import { deliveryOf, turn } from '../contract/deliveries.fixture.js';
import { delivered, HeldAdapter, textOf } from './held-adapter.fixture.js';
import type { Env } from '../contract/env.js';
import type { Middleware, Stage } from '../contract/middleware.js';

function setUp(stages: { readonly [name: string]: Partial<Stage> }, adapter = new HeldAdapter()) {
  const env = testEnv();
  const envs = new Map<string, Env>();
  const violations: string[] = [];
  const use = Object.entries(stages).map(
    ([name, stage]): Middleware => ({
      name,
      bind: (next, given) => {
        envs.set(name, given);
        return { send: next, ...stage };
      },
    }),
  );
  const chain = new Chain(
    use,
    adapter,
    env,
    (stage, message) => void violations.push(`${stage} ${message}`),
    env,
  );
  return { chain, adapter, env, envs, violations };
}
const never = new Promise<void>(() => undefined);
const signal = new AbortController().signal;

describe('the way down and up', () => {
  it('goes through every stage in order, and back', () => {
    const seen: string[] = [];
    const watch = (name: string): Middleware => ({
      name,
      bind: (next) => ({
        send: (batch, settle) => {
          seen.push(`${name} down`);
          next(batch, (back) => {
            seen.push(`${name} up`);
            settle(back);
          });
        },
      }),
    });
    const adapter = new HeldAdapter();
    const chain = new Chain([watch('a'), watch('b')], adapter, testEnv(), () => undefined, testEnv());
    chain.send([deliveryOf('x')], (batch) => seen.push(...batch.map(textOf)));
    adapter.answer(delivered);
    expect(seen).toEqual(['a down', 'b down', 'b up', 'a up', 'x']);
    expect(chain.names).toEqual(['the producer', 'a', 'b', 'held']);
  });

  it('is the adapter alone without middleware', () => {
    const { chain, adapter } = setUp({});
    chain.send([deliveryOf('x')], () => undefined);
    expect(adapter.values).toEqual(['x']);
    expect(chain.ready()).toBeUndefined();
  });

  it('names a bind that makes no stage', () => {
    const broken = { name: 'broken', bind: () => ({ sned: 1 }) };
    expect(
      () =>
        void Reflect.construct(Chain, [[broken], new HeldAdapter(), testEnv(), () => undefined, testEnv()]),
    ).toThrow("'broken' is no middleware: bind(next, env) must return a stage");
  });

  it('an exception in a timer of a stage, or of the adapter, is reported and goes no further', async () => {
    const { env, envs, violations } = setUp({ a: {} });
    envs.get('a')?.clock.after(5, () => {
      throw new Error('x');
    });
    await env.clock.advance(5);
    expect(violations).toEqual(['a threw in a timer']);
  });
});

describe('ready', () => {
  it('is that of the outermost stage that queues, and each stage sees the nearest one below', () => {
    const upper = Promise.resolve();
    const lower = Promise.resolve();
    const { chain, envs } = setUp({
      a: {},
      b: { ready: () => upper },
      c: {},
      d: { ready: () => lower },
      e: {},
    });
    expect(chain.ready()).toBe(upper);
    expect(envs.get('a')?.ready()).toBe(upper);
    expect(envs.get('b')?.ready()).toBe(lower);
    expect(envs.get('c')?.ready()).toBe(lower);
    expect(envs.get('d')?.ready()).toBeUndefined();
  });

  it('of a stage that throws counts as room, and is reported', () => {
    const { chain, violations } = setUp({
      a: {
        ready: () => {
          throw new Error('x');
        },
      },
    });
    expect(chain.ready()).toBeUndefined();
    expect(violations).toEqual(['a threw from ready']);
  });
});

describe('the life cycle', () => {
  const noting = (done: string[], name: string): Partial<Stage> => ({
    start: () => void done.push(`start ${name}`),
    flush: () => void done.push(`flush ${name}`),
    close: () => void done.push(`close ${name}`),
  });

  it('starts from the adapter upward, flushes and closes from the outermost stage to the adapter', async () => {
    const adapter = new HeldAdapter();
    const { done } = adapter;
    const { chain } = setUp({ a: noting(done, 'a'), b: {}, c: noting(done, 'c') }, adapter);
    await chain.start(signal, false);
    expect(done.splice(0)).toEqual(['connect', 'start c', 'start a']);
    await chain.flush(10);
    expect(done.splice(0)).toEqual(['flush a', 'flush c', 'flush']);
    await chain.close(10);
    expect(done.splice(0)).toEqual(['close a', 'close c', 'disconnect']);
  });

  it('waits for each before the next', async () => {
    const adapter = new HeldAdapter();
    let close = (): void => undefined;
    const { chain } = setUp({ a: { close: () => new Promise((resolve) => (close = resolve)) } }, adapter);
    const closed = chain.close(10);
    await turn();
    expect(adapter.done).toEqual([]);
    close();
    await closed;
    expect(adapter.done).toEqual(['disconnect']);
  });

  it('needs no broker to start, unless it is asked to', async () => {
    const adapter = new HeldAdapter();
    adapter.connect = () => Promise.reject(new Error('no broker'));
    const { chain } = setUp({}, adapter);
    await chain.start(signal, false);
    await expect(chain.start(signal, true)).rejects.toThrow('no broker');
    adapter.connect = () => never;
    await chain.start(signal, false);
  });

  it('stops starting at the first stage that fails', async () => {
    const done: string[] = [];
    const { chain } = setUp({
      a: noting(done, 'a'),
      b: { start: () => Promise.reject(new Error('disk')) },
      c: noting(done, 'c'),
    });
    await expect(chain.start(signal, false)).rejects.toMatchObject({
      code: 'STAGE_FAILED',
      message: "the stage 'b' threw from start; 'cause' has its error",
      cause: new Error('disk'),
    });
    expect(done).toEqual(['start c']);
  });

  it('collects the errors of flush and of close, and goes on', async () => {
    const adapter = new HeldAdapter();
    const fail = (): never => {
      throw new Error('a is broken');
    };
    const { chain } = setUp(
      { a: { flush: fail, close: fail }, b: { close: () => Promise.reject(new Error('b is broken')) } },
      adapter,
    );
    const messages = (errors: Error[]): string[] => errors.map(({ message }) => message);
    expect(messages(await chain.flush(10))).toEqual(['a is broken']);
    expect(messages(await chain.close(10))).toEqual(['a is broken', 'b is broken']);
    expect(adapter.done).toEqual(['flush', 'disconnect']);
  });

  it('a stage that hangs holds up close until the deadline and a second of grace, no longer', async () => {
    const { chain, adapter, env } = setUp({ a: { close: () => never } });
    const closed = chain.close(500);
    await env.clock.advance(1_499);
    expect(adapter.done).toEqual([]);
    await env.clock.advance(1);
    expect((await closed).map(({ message }) => message)).toEqual(["'a' did not finish in time"]);
    expect(adapter.done).toEqual(['disconnect']);
  });

  it('flushes nothing further once the deadline has passed: those below may be closing', async () => {
    const { chain, adapter, env } = setUp({ a: { flush: () => never } });
    const flushed = chain.flush(500);
    await env.clock.advance(500);
    expect(await flushed).toHaveLength(1);
    expect(adapter.done).toEqual([]);
  });

  it('takes nothing after it has closed', async () => {
    const { chain, violations } = setUp({ a: {} });
    await chain.close(0);
    const codes: unknown[] = [];
    chain.send([deliveryOf()], ([one]) => codes.push(one?.outcome));
    expect(codes).toMatchObject([{ status: 'failed', error: { code: 'CLOSED', stage: 'a' } }]);
    expect(violations).toEqual(['a was handed records after it was closed']);
  });
});

describe('stats', () => {
  it('are those of the stages that have some, by name, two of one name told apart', () => {
    const adapter = Object.assign(new HeldAdapter(), { stats: () => ({ inFlight: 1 }) });
    const tap = (count: number): Middleware => ({
      name: 'tap',
      traits: { repeatable: true },
      bind: (next) => ({ send: next, stats: () => ({ count }) }),
    });
    const quiet: Middleware = { name: 'quiet', bind: (next) => ({ send: next }) };
    const chain = new Chain([tap(1), quiet, tap(2)], adapter, testEnv(), () => undefined, testEnv());
    expect(chain.stats()).toEqual({ tap: { count: 1 }, 'tap#3': { count: 2 }, held: { inFlight: 1 } });
  });
});
