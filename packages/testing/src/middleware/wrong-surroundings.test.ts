import { ProducerError, type Middleware } from '@holdfast/core';
import {
  failed,
  untilDeadline,
  type Delivery,
  type Env,
  type Send,
  type Settle,
  type Stage,
} from '@holdfast/core/stage';
import { describe, expect, it } from 'vitest';
import { checkMiddleware, middlewareCases } from './check-middleware.js';
import { nearMisses } from '../conformance/near-miss.js';
import { check, said, type Bind } from './stages.fixture.js';

/** Hands each batch on when `when` has come, and holds it until then. */
const after =
  (when: (env: Env) => Promise<unknown>): Bind =>
  (next, env) => {
    const held = new Map<Delivery[], Settle>();
    return {
      send(batch, settle) {
        held.set(batch, settle);
        void when(env).then(() => {
          if (held.delete(batch)) next(batch, settle);
        });
      },
      close() {
        for (const [batch, settle] of held) giveUp(batch, settle);
        held.clear();
      },
    };
  };

function giveUp(batch: Delivery[], settle: Settle): void {
  for (const one of batch) one.outcome = failed(new ProducerError('CLOSE_TIMEOUT', 'closed'));
  settle(batch);
}

describe('a middleware that does not look around fails, and is told why:', { timeout: 60_000 }, () => {
  it('has a ready of its own and ignores the one below', async () => {
    const roomBelow = async (bind: Bind): Promise<readonly string[]> => {
      const cases = middlewareCases({ name: 'own', create: () => ({ name: 'own', bind }) });
      const one = cases.find(({ title }) =>
        title.startsWith('hands nothing on while the stage below is full'),
      );
      return one?.run() ?? ['there is no such case'];
    };
    expect(await roomBelow((next) => ({ send: next, ready: () => undefined }))).toEqual([
      "'own' has a ready of its own, said that it had room, and handed on 200 records while the stage below was full; ask env.ready() before next, or answer with it in ready",
    ]);
    expect(await roomBelow((next, env) => ({ send: next, ready: () => env.ready() }))).toEqual([]);
  });

  it('stalls on env.ready()', async () => {
    const never = new Promise<unknown>(() => undefined);
    const stalls = after(async (env) => {
      if (env.ready() !== undefined) await never;
    });
    expect(await said('stalls', stalls)).toContain(
      "'stalls' holds a delivery for ever though the stage below has room again; after env.ready() ask it anew",
    );
  });

  it('waits for env.ready() beyond the delivery deadline', async () => {
    const patient = after(async (env) => {
      for (let room = env.ready(); room !== undefined; room = env.ready()) await room;
    });
    expect(await said('patient', patient)).toContain(
      "'patient' still holds a delivery 1000 ms after its deadline; watch delivery.deadline of each, whatever stands before it, and settle it as failed with DELIVERY_TIMEOUT",
    );
  });

  it('holds records beyond a short deadline', async () => {
    const slow = after(({ clock }) => new Promise<void>((done) => void clock.after(5_000, done)));
    expect(await said('slow', slow)).toContain("'slow' still holds a delivery 1000 ms after its deadline");
  });

  it('waits out a long retryAfter beyond the deadline', async () => {
    const obeys: Bind = (next, { clock }) => {
      const waiting = new Map<Delivery[], Settle>();
      const stage: Stage = {
        send(batch, settle) {
          next(batch, (settled) => {
            const again = settled.filter(
              ({ outcome }) => outcome?.status === 'failed' && outcome.error.retriable,
            );
            const done = settled.filter((one) => !again.includes(one));
            if (done.length > 0) settle(done);
            if (again.length === 0) return;
            const { outcome } = again[0] ?? {};
            const ms = outcome?.status === 'failed' ? (outcome.error.retryAfter ?? 100) : 100;
            if (again.some(({ deadline }) => clock.now() >= deadline)) return settle(again);
            waiting.set(again, settle);
            clock.after(ms, () => {
              if (waiting.delete(again)) stage.send(again, settle);
            });
          });
        },
        close() {
          for (const [batch, settle] of waiting) settle(batch);
          waiting.clear();
        },
      };
      return stage;
    };
    expect(await said('obeys', obeys, { resends: true })).toContain(
      "'obeys' still holds a delivery 1000 ms after its deadline",
    );
  });

  it('keeps what it waits for by key and value, and so forgets the second of two that are equal', async () => {
    const byContent: Bind = (next) => {
      const settles = new Map<string, Settle>();
      const id = ({ record }: Delivery): string => `${String(record.key)} ${String(record.value)}`;
      return {
        send(batch, settle) {
          for (const one of batch) settles.set(id(one), settle);
          next(batch, (settled) => {
            for (const one of settled) {
              settles.get(id(one))?.([one]);
              settles.delete(id(one));
            }
          });
        },
      };
    };
    expect(await said('by content', byContent)).toContain(
      "'by content' never settled a delivery whose key and value were those of another; tell records apart by the delivery: topic orders, key 'k', value 'the same again'",
    );
  });

  it('drops what it has seen before', async () => {
    const once: Bind = (next) => {
      const seen = new Set<string>();
      return {
        send(batch, settle) {
          const fresh = batch.filter(({ record }) => {
            const id = `${String(record.key)} ${String(record.value)}`;
            return !seen.has(id) && seen.add(id);
          });
          if (fresh.length > 0) next(fresh, settle);
        },
      };
    };
    expect(await said('once', once)).toContain(
      "'once' never settled a delivery whose key and value were those of another",
    );
  });
});

/** Writes each batch to the disk before it hands it on. */
class Scribe implements Stage {
  private at = 0;
  private closed = false;
  private readonly held = new Map<Delivery[], Settle>();

  constructor(
    private readonly next: Send,
    private readonly env: Env,
    private readonly wrote: (batch: Delivery[], settle: Settle, next: Send) => void,
    private readonly failedTo: ((batch: Delivery[], settle: Settle) => void) | undefined,
  ) {}

  send(batch: Delivery[], settle: Settle): void {
    this.held.set(batch, settle);
    const written = this.write(batch).then(() => {
      if (this.held.delete(batch)) this.wrote(batch, settle, this.next);
    });
    const { failedTo } = this;
    if (failedTo === undefined) return void written;
    written.catch(() => {
      if (this.held.delete(batch)) failedTo(batch, settle);
    });
  }

  async close(deadline: number): Promise<void> {
    const idle = async (): Promise<void> => {
      while (this.held.size > 0) await new Promise<void>((done) => void this.env.clock.after(1, done));
    };
    await untilDeadline(idle(), deadline, this.env.clock);
    this.closed = true;
    for (const [batch, settle] of this.held) giveUp(batch, settle);
    this.held.clear();
  }

  private async write(batch: readonly Delivery[]): Promise<void> {
    if (this.closed) throw new Error('closed');
    const path = `/${this.at++}`;
    const file = await this.env.disk.open(path, 'create');
    await file.write([Buffer.from(String(batch.length))], 0);
    await file.sync();
    await file.close();
  }
}

describe('a middleware whose disk fails', { timeout: 60_000 }, () => {
  const scribe =
    (wrote: (batch: Delivery[], settle: Settle, next: Send) => void, failedTo?: Send): Bind =>
    (next, env) =>
      new Scribe(next, env, wrote, failedTo);
  const goOn = (batch: Delivery[], settle: Settle, next: Send): void => next(batch, settle);

  it('passes when it settles what it could not write', async () => {
    expect(await check('scribe', scribe(goOn, giveUp))).toEqual([]);
  });

  it('must not leave a rejection to nobody', async () => {
    expect(await said('scribe', scribe(goOn))).toMatch(
      /'scribe' left a rejection that nobody handles: EIO.*; with EIO at disk call 1/,
    );
  });

  it('must not say accepted of what it has not kept', async () => {
    const accept = (batch: Delivery[], settle: Settle): void => {
      for (const one of batch) one.outcome = { status: 'accepted', by: 'scribe' };
      settle(batch);
    };
    const traits = { answers: 'acceptance', persists: true } as const;
    expect(await said('scribe', scribe(accept, accept), traits)).toMatch(
      /'scribe' accepted a record that its disk had not kept, and did not hand it on after the next start; say 'accepted' after a sync that succeeded: topic orders, key 'k0', value '0'/,
    );
  });
});

describe('a hook that is misspelt', { timeout: 60_000 }, () => {
  it.each([
    ['flus', 'flush'],
    ['Close', 'close'],
    ['raedy', 'ready'],
    ['statss', 'stats'],
    ['strat', 'start'],
  ])('%s is told of', async (wrong, hook) => {
    const bind: Bind = (next) => Object.assign({ send: next }, { [wrong]: () => undefined });
    expect(await said('slip', bind)).toContain(
      `'slip' has '${wrong}', which nobody looks at; is '${hook}' meant?`,
    );
  });

  it('in a class, too, and in the middleware itself', async () => {
    class Slip implements Stage {
      constructor(readonly send: Send) {}
      clos(): void {}
    }
    expect(await said('slip', (next) => new Slip(next))).toContain("is 'close' meant?");
    const create = (): Middleware =>
      Object.assign({ name: 'slip', bind: (next: Send) => ({ send: next }) }, { trait: { resends: true } });
    expect(await checkMiddleware({ name: 'slip', create, runs: 1 })).toContain(
      "'slip' has 'trait', which nobody looks at; is 'traits' meant?",
    );
  });

  it('is no method of another name', () => {
    expect(
      nearMisses({ send: 1, read: () => 1, state: () => 1, sendAll: () => 1 }, ['send', 'ready', 'stats']),
    ).toEqual([]);
    expect(nearMisses({ stat: () => 1, stats: () => 1 }, ['stats'])).toEqual([]);
  });
});
