import {
  Delivery,
  failed,
  fork,
  ProducerError,
  SerializedRecord,
  type Env,
  type Middleware,
  type Send,
  type Settle,
  type Stage,
  type Traits,
} from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { checkMiddleware } from './check-middleware.js';
import type { MiddlewareFeatures } from './subject.js';

type Bind = (next: Send, env: Env) => Stage;

const check = (
  name: string,
  bind: Bind,
  traits: Traits = {},
  features: MiddlewareFeatures = {},
): Promise<string[]> =>
  checkMiddleware({ name, create: () => ({ name, traits, bind }), features, seed: 1, runs: 5 });

const said = async (
  name: string,
  bind: Bind,
  traits?: Traits,
  features?: MiddlewareFeatures,
): Promise<string> => (await check(name, bind, traits, features)).join('\n');

/** The smallest custom middleware. */
const stamp = (app: string): Middleware => ({
  name: 'stamp',
  bind: (next) => ({
    send(batch, settle) {
      for (const d of batch) d.record.headers['app'] = app;
      next(batch, settle);
    },
  }),
});

describe('a middleware that is right passes:', () => {
  it('stamp, which adds a header', async () => {
    expect(await checkMiddleware({ name: 'stamp', create: () => stamp('shop'), runs: 5 })).toEqual([]);
  });

  it('a queue that keeps lanes, says when it is full and ends what it holds', async () => {
    expect(await check('queue', (next, env) => new QueueStage(next, env), { keepsLanes: true })).toEqual([]);
  });

  it('a stage that tries again', async () => {
    const retry = (delayMs: number): Middleware => ({
      name: 'again',
      traits: { resends: true },
      bind: (next, env) => new RetryStage(next, env, delayMs),
    });
    const features = { createWithoutDelay: () => retry(0) };
    expect(
      await checkMiddleware({ name: 'again', create: () => retry(300), features, seed: 1, runs: 5 }),
    ).toEqual([]);
  }, 60_000);

  it('a stage that answers for a record itself, with a fork', async () => {
    const accept: Bind = (next) => ({
      send(batch, settle) {
        const own = batch.map((one) => fork(one, copy(one.record)));
        for (const one of batch) one.outcome = { status: 'accepted', by: 'keeper' };
        settle(batch);
        next(own, () => undefined);
      },
    });
    // It hands its fork down once and forgets what becomes of it, so a failure is a loss that only a topic shows.
    expect(await check('keeper', accept, { answers: 'acceptance' }, { changesRecords: true })).toEqual([]);
  });

  it('an async send', async () => {
    const late: Bind = (next) => ({
      // eslint-disable-next-line @typescript-eslint/no-misused-promises -- third parties write it so
      async send(batch, settle) {
        await Promise.resolve();
        next(batch, settle);
      },
    });
    expect(await check('late', late)).toEqual([]);
  });
});

describe('a middleware that is wrong fails, and is told why:', () => {
  it('settles twice', async () => {
    const twice: Bind = (next) => ({
      send: (batch, settle) => {
        next(batch, (settled) => {
          settle([...settled]);
          settle(settled);
        });
      },
    });
    expect(await said('stamp', twice)).toMatch(
      /'stamp' settled a delivery twice: topic orders, key 'k0', value '0'/,
    );
  });

  it('forgets one', async () => {
    const forget: Bind = (next) => ({ send: (batch, settle) => next(batch.slice(1), settle) });
    expect(await said('stamp', forget)).toMatch(
      /'stamp' never settled a delivery: topic orders, key 'k0', value '0'/,
    );
  });

  it('throws from send', async () => {
    const throws: Bind = () => ({
      send() {
        throw new Error('out of ink');
      },
    });
    expect(await said('stamp', throws)).toContain("'stamp' threw from send: out of ink");
  });

  it('rejects from an async send', async () => {
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- third parties write it so
    const rejects: Bind = () => ({ send: () => Promise.reject(new Error('out of ink')) });
    expect(await said('stamp', rejects)).toContain("'stamp' rejected from send: out of ink");
  });

  it('throws when outcomes come back', async () => {
    const throws: Bind = (next) => ({
      send(batch, settle) {
        next(batch, (settled) => {
          settle(settled);
          throw new Error('out of ink');
        });
      },
    });
    expect(await said('stamp', throws)).toContain("'stamp' threw when outcomes came back to it: out of ink");
  });

  it('throws from a timer', async () => {
    const throws: Bind = (next, { clock }) => ({
      send(batch, settle) {
        next(batch, settle);
        clock.soon(() => {
          throw new Error('out of ink');
        });
      },
    });
    expect(await said('stamp', throws)).toContain("'stamp' threw from a timer or a callback: out of ink");
  });

  it('settles without an outcome', async () => {
    const silent: Bind = () => ({ send: (batch, settle) => settle(batch) });
    expect(await said('stamp', silent)).toContain(
      "'stamp' settled a delivery without an outcome; set delivery.outcome before",
    );
  });

  it('settles what it has handed on', async () => {
    const early: Bind = (next) => ({
      send(batch, settle) {
        next([...batch], () => undefined);
        for (const one of batch) one.outcome = failed(new ProducerError('CLOSED', 'no'));
        settle(batch);
      },
    });
    expect(await said('early', early)).toContain(
      "'early' settled a delivery that it had handed on and that had not come back",
    );
  });

  it('says delivered on its own', async () => {
    const liar: Bind = () => ({
      send(batch, settle) {
        for (const one of batch)
          one.outcome = { status: 'delivered', topic: 'orders', partition: 0, offset: 0, timestamp: 0 };
        settle(batch);
      },
    });
    expect(await said('liar', liar)).toContain(
      "'liar' settled as 'delivered' what the stage below never said to be",
    );
  });

  it('says failed after an unknown', async () => {
    const harsh: Bind = (next) => ({
      send(batch, settle) {
        next(batch, (settled) => {
          for (const one of settled) {
            if (one.outcome?.status === 'unknown') one.outcome = failed(one.outcome.error);
          }
          settle(settled);
        });
      },
    });
    expect(await said('harsh', harsh)).toContain(
      "'harsh' settled as 'failed' (certainly not written) a delivery of which an attempt was 'unknown'",
    );
  });

  it('accepts without saying so in its traits', async () => {
    const accept: Bind = () => ({
      send(batch, settle) {
        for (const one of batch) one.outcome = { status: 'accepted', by: 'me' };
        settle(batch);
      },
    });
    expect(await said('me', accept)).toContain(
      "'me' settled as 'accepted', but its traits do not say answers: 'acceptance'",
    );
  });

  it('changes a record after it has handed it on', async () => {
    const late: Bind = (next) => ({
      send(batch, settle) {
        const all = [...batch];
        next(batch, settle);
        for (const one of all) one.record.headers['app'] = 'shop';
      },
    });
    expect(await said('stamp', late)).toContain(
      "'stamp' changed a record after it had handed it on (header 'app'); change it before: topic orders, key 'k0', value '0'",
    );
  });

  it('changes an array after it has handed it on, or goes on reading it', async () => {
    const changes: Bind = (next) => ({
      send(batch, settle) {
        next(batch, settle);
        batch.reverse();
      },
    });
    expect(await said('a', changes)).toContain("'a' changed an array after it had handed on it");
    const reads: Bind = (next) => ({ send: (batch, settle) => next(batch, () => settle(batch)) });
    expect(await said('b', reads)).toMatch(
      /'b' (settled a delivery that it had handed on|goes on using an array)/,
    );
    const readsAll: Bind = (next) => ({
      send(batch, settle) {
        let left = batch.length;
        next(batch, (settled) => {
          if ((left -= settled.length) === 0) settle(batch);
        });
      },
    });
    expect(await said('c', readsAll)).toContain(
      "'c' goes on using an array after it has handed it on or settled it",
    );
  });

  it('hands on copies', async () => {
    const copies: Bind = (next) => ({
      send: (batch, settle) =>
        next(
          batch.map((one) => new Delivery(one.record, one.lane, one.createdAt, one.deadline, undefined)),
          settle,
        ),
    });
    expect(await said('copy', copies)).toContain("'copy' handed on a delivery that it was never given");
  });

  it('settles a fork up the chain', async () => {
    const forks: Bind = (next) => ({
      send: (batch, settle) =>
        next(
          batch.map((one) => fork(one, copy(one.record))),
          settle,
        ),
    });
    expect(await said('forks', forks)).toContain(
      "'forks' settled a fork of its own up the chain, where nobody knows it",
    );
  });

  it('mixes the settles of two batches', async () => {
    let first: Settle | undefined;
    const mixes: Bind = (next) => {
      first = undefined;
      return {
        send(batch, settle) {
          first ??= settle;
          next(batch, first);
        },
      };
    };
    expect(await said('mix', mixes)).toContain(
      "'mix' settled a delivery through the settle of another batch",
    );
  });

  it('holds on to records at close, and leaves a timer', async () => {
    const holds: Bind = (next, { clock }) => ({
      send: (batch, settle) => void clock.after(2_000, () => next(batch, settle)),
    });
    const problems = await said('holds', holds);
    expect(problems).toContain(
      "'holds' still holds a delivery after close; settle at the deadline what was not handed on",
    );
    const ticks: Bind = (next, { clock }) => {
      const tick = (): void => void clock.after(1_000, tick);
      tick();
      return { send: next };
    };
    expect(await said('ticks', ticks)).toContain("'ticks' leaves 1 timers after close; cancel them there");
  });

  it('holds what comes back after close', async () => {
    const again: Bind = (next, env) => {
      const { send } = new RetryStage(next, env, 100);
      return { send };
    };
    expect(await said('again', again, { resends: true })).toContain(
      "'again' keeps a delivery that came back after close; hand it up at once",
    );
  });

  it('recurses with each retry', async () => {
    const recursive: Bind = (next) => {
      const stage: Stage = {
        send(batch, settle) {
          next(batch, (settled) => {
            const again = settled.filter(
              ({ outcome }) => outcome?.status === 'failed' && outcome.error.retriable,
            );
            const done = settled.filter((one) => !again.includes(one));
            if (done.length > 0) settle(done);
            if (again.length > 0) stage.send(again, settle);
          });
        },
      };
      return stage;
    };
    const createWithoutDelay = (): Middleware => ({ name: 'deep', bind: recursive });
    const problems = await checkMiddleware({
      name: 'deep',
      create: () => stamp('x'),
      features: { createWithoutDelay },
      runs: 1,
    });
    expect(problems.join()).toContain('Maximum call stack size exceeded');
  });

  it('never has room again, or closes late, or flushes early', async () => {
    const full: Bind = (next) => ({ send: next, ready: () => new Promise(() => undefined) });
    expect(await said('full', full)).toContain(
      "'full' said that it is full, and its ready promise never resolved",
    );
    const slow: Bind = (next, { clock }) => ({
      send: next,
      close: (deadline) => new Promise((done) => clock.after(deadline - clock.now(), done)),
    });
    expect(await said('slow', slow)).toContain("'slow' waits for the close deadline though it holds nothing");
    const early: Bind = (next) => ({ send: next, flush: () => undefined });
    expect(await said('early', early)).toContain(
      "'early' resolved flush while 100 deliveries that it took before were not settled",
    );
    const never: Bind = (next) => ({ send: next, flush: () => new Promise(() => undefined) });
    expect(await said('never', never)).toContain("'never' does not resolve flush at its deadline");
  });

  it('breaks when it is closed twice, or gives odd stats', async () => {
    let open = true;
    const once: Bind = (next) => {
      open = true;
      return {
        send: next,
        close() {
          if (!open) throw new Error('closed already');
          open = false;
        },
      };
    };
    expect(await said('once', once)).toContain("'once' rejected from close: closed already");
    const odd: Bind = (next) => ({ send: next, stats: () => ({ rate: 0 / 0 }) });
    expect(await said('odd', odd)).toContain(
      "'odd' gives stats that are not plain numbers and strings: stats.rate is NaN",
    );
  });

  it('does not keep the lanes that it claims to keep', async () => {
    expect(await said('lanes', (next) => ({ send: next }), { keepsLanes: true })).toContain(
      "'lanes' says that it keeps lanes, but handed on a lane while records of it were still below",
    );
  });

  it('loses records in a producer only, and prints the seed', async () => {
    let seen = 0;
    const rare: Bind = (next) => ({
      send(batch, settle) {
        const kept = batch.filter(({ record }) => record.topic === 'orders' || ++seen % 5 !== 0);
        if (kept.length > 0) next(kept, settle);
      },
    });
    const problems = await said('rare', rare);
    expect(problems).toContain("'rare' breaks an invariant in a producer: schedule");
    expect(problems).toContain('HOLDFAST_SEED=1');
    expect(problems).toContain("I6: the stage 'rare' never settled 1");
  });
});

const copy = ({ topic, key, value, headers, partition, timestamp }: SerializedRecord): SerializedRecord =>
  new SerializedRecord(topic, key, value, { ...headers }, partition, timestamp);

/** One batch at a time in a lane, at most 1,000 records. */
class QueueStage implements Stage {
  private queue: { delivery: Delivery; settle: Settle }[] = [];
  private readonly busy = new Set<number>();
  private waiting: (() => void)[] = [];
  private soon = false;
  private held = 0;

  constructor(
    private readonly next: Send,
    private readonly env: Env,
  ) {}

  send(batch: Delivery[], settle: Settle): void {
    for (const delivery of batch) this.queue.push({ delivery, settle });
    this.held += batch.length;
    if (this.soon) return;
    this.soon = true;
    this.env.clock.soon(() => {
      this.soon = false;
      this.drain();
    });
  }

  ready(): Promise<void> | undefined {
    return this.queue.length < 1_000 ? undefined : new Promise((done) => this.waiting.push(done));
  }

  async flush(deadline: number): Promise<void> {
    const { clock } = this.env;
    while (this.held > 0 && clock.now() < deadline) await new Promise<void>((done) => clock.after(1, done));
  }

  async close(deadline: number): Promise<void> {
    await this.flush(deadline);
    const left = this.queue;
    this.queue = [];
    this.held -= left.length;
    for (const { delivery, settle } of left) {
      delivery.outcome = failed(new ProducerError('CLOSE_TIMEOUT', 'closed'));
      settle([delivery]);
    }
  }

  private drain(): void {
    const now: typeof this.queue = [];
    const later: typeof this.queue = [];
    const lanes = new Set<number>();
    for (const one of this.queue) {
      const { lane } = one.delivery;
      if (lane >= 0 && this.busy.has(lane)) later.push(one);
      else {
        now.push(one);
        lanes.add(lane);
      }
    }
    this.queue = later;
    for (const lane of lanes) this.busy.add(lane);
    for (const lane of lanes)
      this.handOn(
        now.filter(({ delivery }) => delivery.lane === lane),
        lane,
      );
    for (const done of this.waiting.splice(0)) done();
  }

  private handOn(batch: typeof this.queue, lane: number): void {
    let left = batch.length;
    const settles = new Map(batch.map(({ delivery, settle }) => [delivery, settle]));
    this.next(
      batch.map(({ delivery }) => delivery),
      (settled) => {
        left -= settled.length;
        this.held -= settled.length;
        for (const delivery of [...settled]) settles.get(delivery)?.([delivery]);
        if (left > 0) return;
        this.busy.delete(lane);
        this.drain();
      },
    );
  }
}

/** Tries again after a fixed delay, until the delivery deadline. */
class RetryStage implements Stage {
  private readonly waiting = new Map<Delivery, { settle: Settle; cancel: () => void }>();
  private readonly doubtful = new WeakSet<Delivery>();
  private closed = false;

  constructor(
    private readonly next: Send,
    private readonly env: Env,
    private readonly delayMs: number,
  ) {}

  readonly send = (batch: Delivery[], settle: Settle): void => {
    this.next(batch, (settled) => {
      const done = settled.filter((one) => !this.again(one));
      const again = settled.filter((one) => this.again(one));
      for (const one of settled) if (one.outcome?.status === 'unknown') this.doubtful.add(one);
      if (done.length > 0) settle(done.map((one) => this.truth(one)));
      for (const one of again) this.wait(one, settle);
    });
  };

  close(): void {
    this.closed = true;
    for (const [delivery, { settle, cancel }] of this.waiting) {
      cancel();
      settle([this.truth(delivery)]);
    }
    this.waiting.clear();
  }

  private wait(delivery: Delivery, settle: Settle): void {
    const timer = this.env.clock.after(this.delayMs, () => {
      this.waiting.delete(delivery);
      this.send([delivery], settle);
    });
    this.waiting.set(delivery, { settle, cancel: () => timer.cancel() });
  }

  private again({ outcome, deadline }: Delivery): boolean {
    if (this.closed || this.env.clock.now() >= deadline) return false;
    return (outcome?.status === 'failed' || outcome?.status === 'unknown') && outcome.error.retriable;
  }

  private truth(delivery: Delivery): Delivery {
    const { outcome } = delivery;
    if (outcome?.status === 'failed' && this.doubtful.has(delivery))
      delivery.outcome = { ...outcome, status: 'unknown' };
    return delivery;
  }
}
