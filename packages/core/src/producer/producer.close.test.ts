import { describe, expect, it, vi } from 'vitest';
import { turn } from '../contract/deliveries.fixture.js';
import { HeldAdapter, refused } from '../chain/held-adapter.fixture.js';
import type { Middleware, Stage } from '../contract/middleware.js';
import { CloseError } from './errors.js';
import { Gate, order, setUp } from './producer.fixture.js';

const never = new Promise<void>(() => undefined);
const stage = (parts: Partial<Stage>) => ({
  name: 'stage',
  bind: (next: Stage['send']): Stage => ({ send: next, ...parts }),
});

describe('close', () => {
  it('waits for what is on its way, disconnects, and leaves no timer', async () => {
    const { producer, adapter, clock } = await setUp();
    const sent = producer.send(order('a'));
    const closed = producer.close();
    await turn();
    expect(adapter.done).toEqual(['connect', 'flush']);
    adapter.answer();
    await sent;
    expect(await closed).toEqual({ failed: 0, unknown: 0, kept: 0 });
    expect(adapter.done).toEqual(['connect', 'flush', 'disconnect']);
    expect(clock.pending).toBe(0);
  });

  it('takes nothing more from its call on', async () => {
    const { producer, adapter } = await setUp();
    const closed = producer.close();
    await expect(producer.send(order('late'))).rejects.toMatchObject({
      code: 'CLOSED',
      message: 'the producer is closed; make a new one with createProducer',
    });
    expect(await producer.sendBatch([order('late')])).toMatchObject([{ error: { code: 'CLOSED' } }]);
    await closed;
    expect(adapter.calls).toEqual([]);
    expect(producer.failed[0]?.original).toEqual(order('late'));
  });

  it('gives the same result when called again, while closing and after', async () => {
    const { producer, adapter } = await setUp();
    const first = producer.close();
    const second = producer.close({ timeoutMs: 0 });
    expect(await second).toBe(await first);
    expect(await producer.close()).toBe(await first);
    expect(adapter.done.filter((one) => one === 'disconnect')).toHaveLength(1);
  });

  it('tells how many records a stage keeps for its next start', async () => {
    let closed = false;
    const keeps = stage({ close: () => void (closed = true), kept: () => (closed ? 25_001 : NaN) });
    const { producer, logger } = await setUp({ use: [keeps] });
    expect(await producer.close()).toEqual({ failed: 0, unknown: 0, kept: 25_001 });
    expect(logger.lines).toEqual([
      {
        level: 'warn',
        message: "'stage' keeps records beyond the close; its next start resumes them",
        fields: { records: 25_001 },
      },
    ]);
  });

  it('is not kept from its end by a stage that cannot say what it keeps', async () => {
    const throws = stage({
      kept() {
        throw new Error('mine');
      },
    });
    const { producer, logger } = await setUp({ use: [throws] });
    expect(await producer.close()).toMatchObject({ kept: 0 });
    expect(logger.text()).toContain('threw from kept');
  });

  it('with a client that never answers: settles each record at the deadline, and counts them', async () => {
    const { producer, clock, adapter } = await setUp({ closeTimeoutMs: 100 });
    const outcomes: string[] = [];
    producer.send(order('callback'), (error) => outcomes.push(`callback ${error?.code}`));
    const sent = producer.send(order('promise'));
    sent.catch(() => undefined);
    const batch = producer.sendBatch([order('batch 1'), order('batch 2')]);
    producer.fireAndForget(order('forgotten'));
    const events: unknown[] = [];
    producer.on('closed', (event) => events.push(event));
    const closed = producer.close();
    await clock.advance(100);
    expect(await closed).toEqual({ failed: 0, unknown: 5, kept: 0 });
    await expect(sent).rejects.toMatchObject({ code: 'CLOSE_TIMEOUT' });
    expect(await batch).toMatchObject(Array(2).fill({ status: 'unknown' }));
    expect(outcomes).toEqual(['callback CLOSE_TIMEOUT']);
    expect(events).toEqual([{ failed: 0, unknown: 5, kept: 0 }]);
    const stats = { sent: 5, held: 0, unknown: 5, errors: { unknown: { CLOSE_TIMEOUT: 5 } } };
    expect(producer.stats()).toMatchObject(stats);
    // What comes after all is too late, and no violation: the record has its outcome.
    const violations = vi.fn();
    producer.on('violation', violations);
    adapter.answer();
    expect(producer.stats()).toMatchObject(stats);
    expect(violations).not.toHaveBeenCalled();
  });

  it('what no client has seen is failed, and not unknown', async () => {
    const swallow = stage({ send: () => undefined });
    const { producer, clock } = await setUp({ use: [swallow], leakDetection: true });
    const violations: string[] = [];
    producer.on('violation', ({ stage: name, message }) => violations.push(`${name} ${message}`));
    const sent = producer.send(order('a'));
    sent.catch(() => undefined);
    const closed = producer.close({ timeoutMs: 5 });
    await clock.advance(5);
    expect(await closed).toEqual({ failed: 1, unknown: 0, kept: 0 });
    await expect(sent).rejects.toMatchObject({ code: 'CLOSE_TIMEOUT' });
    expect(violations).toEqual([
      'stage never settled 1 deliveries it was handed; settle each exactly once, in close at the latest',
    ]);
  });

  it('fails those that still wait for room or for a serializer', async () => {
    const { producer, clock } = await setUp<string, string>({
      use: [new Gate().middleware],
      serializers: { value: (value) => (value === 'slow' ? new Promise(() => undefined) : value) },
    });
    const sent = [producer.send(order('quick')), producer.send(order('slow'))];
    const results = Promise.allSettled(sent);
    const closed = producer.close({ timeoutMs: 10 });
    await clock.advance(10);
    expect(await closed).toEqual({ failed: 2, unknown: 0, kept: 0 });
    expect(await results).toMatchObject(Array(2).fill({ reason: { code: 'CLOSED' } }));
  });

  it('lets a stage settle at the deadline what it still has', async () => {
    const held: (() => void)[] = [];
    const keeper = stage({
      send: (batch, settle) =>
        void held.push(() => {
          for (const one of batch) one.outcome = refused();
          settle(batch);
        }),
      close: () => held.forEach((settle) => settle()),
    });
    const { producer, clock } = await setUp({ use: [keeper] });
    const sent = producer.send(order('a'));
    sent.catch(() => undefined);
    const closed = producer.close({ timeoutMs: 5 });
    await clock.advance(5);
    expect(await closed).toEqual({ failed: 1, unknown: 0, kept: 0 });
    await expect(sent).rejects.toMatchObject({ code: 'LEADER_UNAVAILABLE' });
  });

  it('is held up by a stage that hangs until the deadline and a second, and says so with the result', async () => {
    const { producer, clock, adapter } = await setUp({ use: [stage({ close: () => never })] });
    const closed = producer.close({ timeoutMs: 100 });
    closed.catch(() => undefined);
    await clock.advance(1_100);
    const error: unknown = await closed.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CloseError);
    expect(error).toMatchObject({
      name: 'CloseError',
      message: "closing failed in 1 place: 'stage' did not finish in time",
      result: { failed: 0, unknown: 0, kept: 0 },
      errors: [{ code: 'CLOSE_TIMEOUT', stage: 'stage' }],
    });
    expect(adapter.done).toContain('disconnect');
  });

  it('has the errors of flush and of close, of every stage', async () => {
    const adapter = new HeldAdapter();
    adapter.disconnect = () => Promise.reject(new Error('disconnect'));
    const { producer } = await setUp(
      { use: [stage({ flush: () => Promise.reject(new Error('flush')) })] },
      adapter,
    );
    await expect(producer.close()).rejects.toMatchObject({
      errors: [new Error('flush'), new Error('disconnect')],
    });
  });

  it('refuses a wrong timeout, and can still be closed then', async () => {
    const { producer, adapter } = await setUp();
    await expect(producer.close({ timeoutMs: NaN })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    await producer.close();
    expect(adapter.done).toContain('disconnect');
  });

  it('comes with `await using`', async () => {
    const adapter = new HeldAdapter();
    {
      await using producer = (await setUp({}, adapter)).producer;
      expect(producer.stats().sent).toBe(0);
    }
    expect(adapter.done).toContain('disconnect');
  });
});

describe('start', () => {
  it('and close are told as the state, to a stage as well', async () => {
    const states: (string | undefined)[] = [];
    const watch: Middleware = {
      name: 'watch',
      bind: (next, env) => ({
        send: next,
        start: () => void states.push(env.stats().state),
        flush: () => void states.push(env.stats().state),
      }),
    };
    const { producer } = await setUp({ use: [watch] });
    states.push(producer.stats().state);
    await producer.close();
    expect([...states, producer.stats().state]).toEqual(['starting', 'running', 'closing', 'closed']);
  });

  it('resolves without a broker, and tells the adapter when the producer has closed', async () => {
    const adapter = new HeldAdapter();
    let signal: AbortSignal | undefined;
    adapter.connect = (...args: unknown[]) => {
      signal = args[1] instanceof AbortSignal ? args[1] : undefined;
      return never;
    };
    const { producer } = await setUp({}, adapter);
    expect(signal?.aborted).toBe(false);
    await producer.close();
    expect(signal?.aborted).toBe(true);
  });

  it('waits for a broker when one is required, and closes what was started when there is none', async () => {
    const adapter = new HeldAdapter();
    adapter.connect = () => Promise.reject(new Error('no broker'));
    const closed = vi.fn();
    const using = setUp({ use: [stage({ close: closed })], requireBroker: true }, adapter);
    await expect(using).rejects.toThrow('no broker');
    expect(closed).toHaveBeenCalledOnce();
    expect(adapter.done).toContain('disconnect');
  });

  it('gives the error of the stage that cannot start, also when closing fails then', async () => {
    const adapter = new HeldAdapter();
    adapter.disconnect = () => Promise.reject(new Error('disconnect'));
    const broken = stage({ start: () => Promise.reject(new Error('disk')) });
    await expect(setUp({ use: [broken] }, adapter)).rejects.toMatchObject({ cause: new Error('disk') });
  });

  it('names the stage that cannot be bound', async () => {
    const broken = {
      name: 'broken',
      bind: () => {
        throw new Error('disk');
      },
    };
    await expect(setUp({ use: [broken] })).rejects.toMatchObject({
      code: 'STAGE_FAILED',
      stage: 'broken',
      cause: new Error('disk'),
    });
  });
});
