import { testEnv } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { Chain } from './chain.js';
import { deliveryOf } from '../contract/deliveries.fixture.js';
import type { Delivery } from '../contract/delivery.js';
import type { Waited } from '../contract/events.js';
import { delivered, HeldAdapter } from './held-adapter.fixture.js';
import type { Middleware, Send, Settle } from '../contract/middleware.js';
import { ProducerError } from '../contract/error.js';
import { fork } from '../contract/fork.js';
import { failed } from '../contract/outcome.js';

/** Hands on what it was given when it is told to. */
class Queue implements Middleware {
  readonly name = 'queue';
  private readonly queued: [Delivery[], Settle][] = [];
  private next: Send = () => undefined;

  bind(next: Send) {
    this.next = next;
    return { send: (batch: Delivery[], settle: Settle) => void this.queued.push([batch, settle]) };
  }

  handOn(): void {
    for (const [batch, settle] of this.queued.splice(0)) this.next(batch, settle);
  }
}

const pass: Middleware = { name: 'pass', bind: (next) => ({ send: next }) };

function setUp(...use: Middleware[]) {
  const env = testEnv();
  const adapter = new HeldAdapter();
  const chain = new Chain(use, adapter, env, () => undefined, env);
  const heard: Waited[] = [];
  const listen = (): unknown => env.events.on('waited', (waited) => heard.push(waited));
  const send = (...values: string[]): void =>
    chain.send(
      values.map((value) => deliveryOf(value, Infinity, env.clock.now())),
      () => undefined,
    );
  return { adapter, chain, clock: env.clock, heard, listen, send };
}

describe('the event waited', () => {
  it('tells how long a batch stood in a stage, and nothing of stages that it only passed', async () => {
    const queue = new Queue();
    const { clock, heard, listen, send } = setUp(pass, queue, pass);
    listen();
    send('a');
    await clock.advance(30);
    send('b');
    await clock.advance(10);
    queue.handOn();
    expect(heard).toEqual([
      { stage: 'queue', records: 1, totalMs: 40, longestMs: 40 },
      { stage: 'queue', records: 1, totalMs: 10, longestMs: 10 },
    ]);
  });

  it('counts for a stage that tries again from when the record came back to it', async () => {
    const queue = new Queue();
    const again: Middleware = {
      name: 'again',
      bind: (next, env) => {
        const send: Send = (batch, settle) =>
          next(batch, (settled) => {
            if (settled[0]?.outcome?.status === 'delivered') return settle(settled);
            env.clock.after(500, () => send(settled, settle));
          });
        return { send };
      },
    };
    const { adapter, clock, heard, listen, send } = setUp(queue, again);
    listen();
    send('a');
    await clock.advance(7);
    queue.handOn();
    await clock.advance(2_000);
    adapter.answer(() => failed(new ProducerError('LEADER_UNAVAILABLE', 'x')));
    await clock.advance(500);
    adapter.answer(delivered);
    expect(heard.map(({ stage, totalMs }) => [stage, totalMs])).toEqual([
      ['queue', 7],
      ['again', 500],
    ]);
  });

  it('counts for a stage that sends deliveries of its own from when it was handed the ones they are for', async () => {
    const queue = new Queue();
    const own: Middleware = {
      name: 'own',
      bind: (next, env) => ({
        send: (batch) =>
          void env.clock.after(10, () =>
            next(
              batch.map((one) => fork(one, one.record)),
              () => undefined,
            ),
          ),
      }),
    };
    const { clock, heard, listen, send } = setUp(queue, own);
    listen();
    send('a');
    await clock.advance(30);
    queue.handOn();
    await clock.advance(10);
    expect(heard.map(({ stage, totalMs }) => [stage, totalMs])).toEqual([
      ['queue', 30],
      ['own', 10],
    ]);
  });

  it('of what was taken before anybody listened, counts from send on', async () => {
    const queue = new Queue();
    const { clock, heard, listen, send } = setUp(queue);
    send('a');
    await clock.advance(40);
    listen();
    queue.handOn();
    expect(heard).toEqual([{ stage: 'queue', records: 1, totalMs: 40, longestMs: 40 }]);
  });
});

describe('attempts', () => {
  it('say what is in flight and how old it is, whatever the adapter does', async () => {
    const { adapter, chain, clock, send } = setUp();
    send('a', 'b');
    await clock.advance(5);
    send('c');
    await clock.advance(5);
    expect(chain.attempts()).toMatchObject({ records: 3, inFlightRecords: 3, oldestInFlightMs: 10 });
    adapter.answer(delivered);
    expect(chain.attempts()).toMatchObject({ inFlightRecords: 0, oldestInFlightMs: 0 });
    adapter.send = () => {
      throw new Error('broken');
    };
    send('d');
    expect(chain.attempts()).toMatchObject({ records: 4, inFlightRecords: 0, oldestInFlightMs: 0 });
    await clock.until(chain.close(clock.now()));
    send('e'); // refused
    expect(chain.attempts()).toMatchObject({ records: 4, inFlightRecords: 0 });
  });
});
