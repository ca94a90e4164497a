import { fakeClock, recordingLogger, testEnv } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { ProducerError } from '../contract/error.js';
import { HeldAdapter } from '../chain/held-adapter.fixture.js';
import type { Adapter } from '../contract/adapter.js';
import type { Middleware } from '../contract/middleware.js';
import { createProducer } from './producer.js';

/** As JavaScript may call it. */
async function refused(options: unknown): Promise<ProducerError> {
  try {
    await Reflect.apply(createProducer, undefined, [options]);
  } catch (error) {
    if (ProducerError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
const client = new HeldAdapter();
const problems = async (options: object): Promise<readonly string[]> =>
  (await refused({ adapter: client, ...options })).problems ?? [];

describe('createProducer', () => {
  it.each([[undefined], [null], [[]], ['text']])('refuses %j in the place of options', async (options) => {
    expect(await refused(options)).toMatchObject({ code: 'INVALID_OPTIONS' });
  });

  it('reports everything that is wrong with options and chain at once', async () => {
    const metrics = { name: 'metrics', bind: (next: never) => ({ send: next }) };
    const error = await refused({
      adapter: {},
      use: [metrics, metrics, 'retry'],
      maxBlockMs: '60s',
      deliveryTimeoutMs: 0,
      idempotent: true,
    });
    expect(error.code).toBe('INVALID_CHAIN');
    expect(error.problems).toEqual([
      "'maxBlockMs' must be a number from 0 to Infinity ms, not a string",
      "'deliveryTimeoutMs' must be a number from 1 to Infinity ms, not 0",
      "unknown option 'idempotent': createProducer has adapter, use, serializers, deliveryTimeoutMs, maxBlockMs, closeTimeoutMs, handleSignals, requireBroker, failedLimit, leakDetection, onUndeliverable, on, logger, env",
      'use[2] is no middleware; a middleware is { name, bind(next, env) }, as retry() returns (was it called?)',
      'adapter is not an adapter; give kafkajsAdapter(…), confluentAdapter(…) or one of your own',
      "'metrics' stands in the chain more than once; keep one, or give a second one that is meant a name of its own",
    ]);
    expect(error.message).toBe(`createProducer: ${error.problems?.join('; ')}`);
  });

  it.each([
    [{ use: {} }, "'use' must be an array of middleware"],
    [{ closeTimeoutMs: -1 }, "'closeTimeoutMs' must be a number from 0 to Infinity ms, not -1"],
    [{ failedLimit: 1.5 }, "'failedLimit' must be a whole number from 0 to 1000000, not 1.5"],
    [{ leakDetection: 'yes' }, "'leakDetection' must be true | false"],
    [{ handleSignals: 1 }, "'handleSignals' must be true | false"],
    [{ requireBroker: null }, "'requireBroker' must be true | false"],
    [{ onUndeliverable: {} }, "'onUndeliverable' must be a function, not an object"],
    [
      { serializers: { value: 'json' } },
      "'serializers' must be { key?, value? }, each a function (data, context) => bytes",
    ],
    [
      { serializers: { vlaue: String } },
      "'serializers' must be { key?, value? }, each a function (data, context) => bytes",
    ],
    [{ serializers: 5 }, "'serializers' must be { key?, value? }, each a function (data, context) => bytes"],
    [{ on: () => undefined }, "'on' must be { event: listener, … }, each listener a function"],
    [
      { on: { connected: 'log', closed: () => undefined, 'a.third.party': 1 } },
      "'on' must be { event: listener, … }, each listener a function: 'connected', 'a.third.party' is none",
    ],
    [{ env: 5 }, "'env' must be an object"],
    [{ logger: 'console' }, "'logger' must be an object"],
    [{ logger: { warn: () => undefined } }, "'logger' lacks debug, info, error"],
    [
      { env: { clock: { now: Date.now }, logger: console, random: 4 } },
      "'env' is incomplete: 'clock' lacks wallTime, after, soon, 'random' is no function",
    ],
    [
      { env: { disk: { open: () => undefined, lock: true } } },
      "'env' is incomplete: 'disk' lacks info, makeDirectory, list, rename, remove, syncDirectory, lock",
    ],
  ])('refuses %o', async (options, problem) => {
    expect(await problems(options)).toEqual([problem]);
  });

  it('has its listeners before anything starts', async () => {
    const heard: string[] = [];
    const early: Middleware = {
      name: 'early',
      bind: (next, { events }) => ({
        send: next,
        start: () => events.emit('callbackError', { error: 'from start' }),
      }),
    };
    const client: Adapter = {
      name: 'eager',
      capabilities: { offsets: true, acks: 'all', idempotent: false },
      connect(env) {
        env.events.emit('connected', { adapter: 'eager' });
        return Promise.resolve();
      },
      send: (batch, settle) => settle(batch),
      flush: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
    };
    const producer = await createProducer({
      adapter: client,
      use: [early],
      on: {
        connected: ({ adapter }) => heard.push(`connected ${adapter}`),
        callbackError: ({ error }) => heard.push(String(error)),
      },
    });
    expect(heard).toEqual(['connected eager', 'from start']);
    await producer.close();
  });

  it('takes undefined as not given, and the whole environment of a test', async () => {
    const given = {
      adapter: new HeldAdapter(),
      use: undefined,
      maxBlockMs: undefined,
      env: { clock: undefined, logger: undefined, disk: undefined },
    };
    const producers: unknown = await Promise.all([
      Reflect.apply(createProducer, undefined, [given]),
      createProducer({ adapter: new HeldAdapter(), env: testEnv() }),
      createProducer({
        adapter: new HeldAdapter(),
        serializers: {},
        env: { clock: fakeClock(), random: () => 0.5 },
      }),
    ]);
    expect(producers).toHaveLength(3);
  });

  it('says at start what the chain promises less than a reader may expect', async () => {
    const logger = recordingLogger();
    const resending = { name: 'again', traits: { resends: true }, bind: (next: never) => ({ send: next }) };
    await createProducer({ adapter: new HeldAdapter(), use: [resending], logger });
    expect(logger.text()).toContain("warn 'again' without a buffer above it");
  });

  it('survives a logger that throws', async () => {
    const fail = (): never => {
      throw new Error('the disk is full');
    };
    const client = new HeldAdapter();
    const producer = await createProducer({
      adapter: client,
      env: { logger: { debug: fail, info: fail, warn: fail, error: fail } },
    });
    producer.on('callbackError', fail);
    const sent = producer.send({ topic: 'orders', value: 'v' }, fail);
    expect(sent).toBeUndefined();
    client.answer();
    expect(producer.stats().delivered).toBe(1);
  });

  it('refuses an adapter that serves another producer, or has served one, and takes it when it was refused for another reason', async () => {
    const given = new HeldAdapter();
    expect(await refused({ adapter: given, maxBlockMs: -1 })).toMatchObject({ code: 'INVALID_OPTIONS' });
    const producer = await createProducer({ adapter: given });
    const again = await refused({ adapter: given });
    expect(again.code).toBe('INVALID_CHAIN');
    expect(again.problems).toEqual([
      'adapter serves another producer already, or has served one that is closed; make an adapter for each producer',
    ]);
    await producer.close();
    expect(await refused({ adapter: given })).toMatchObject({ code: 'INVALID_CHAIN' });
  });
});
