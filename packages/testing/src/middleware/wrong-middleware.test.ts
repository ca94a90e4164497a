import { ProducerError, type Middleware } from '@holdfast/core';
import { Delivery, failed, fork, type Settle, type Stage } from '@holdfast/core/stage';
import { describe, expect, it } from 'vitest';
import { checkMiddleware } from './check-middleware.js';
import { QueueStage, RetryStage, copy, said, stamp, type Bind } from './stages.fixture.js';

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
      "'me' settled as 'accepted', but its traits do not say answers: 'acceptance', nor acceptsAfterMs",
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
    const boundless: Bind = (next, env) => {
      const queue = new QueueStage(next, env);
      return { send: (batch, settle) => queue.send(batch, settle), ready: () => undefined };
    };
    expect(await said('boundless', boundless)).toContain(
      "'boundless' has a ready of its own, and did not say that it is full with 19900 records waiting in it; answer ready with a promise, or give the suite one with less room",
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
      "'odd' gives stats that are not plain numbers, strings and booleans: stats.rate is NaN",
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
    expect(problems).toContain("'rare' breaks an invariant in a producer: run");
    expect(problems).toContain('HOLDFAST_SEED=1');
    expect(problems).toContain("I6: the stage 'rare' never settled 1");
  });
});
