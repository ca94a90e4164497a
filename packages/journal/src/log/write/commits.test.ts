import type { Clock, Delivery } from '@holdfast/core/stage';
import { fakeClock, simulatedDisk, type FakeClock, type SimulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { delivered, Harness } from '../../../test/harness.fixture.js';

const options = {
  directory: '/outbox',
  acknowledge: 'journaled',
  segmentBytes: 2 ** 20,
  maxBytes: 2 ** 24,
} as const;

/**
 * So large that it is written and synced in two calls, between which the next one can be written.
 */
const recordBytes = 300_000;

/** A journal whose syncs are answered by the test: in its order, late, or not at all. */
class Held {
  private held: (() => void)[] | undefined;

  private constructor(
    readonly one: Harness,
    readonly clock: FakeClock,
    readonly disk: SimulatedDisk,
    held: { take: (run: () => void) => boolean },
  ) {
    held.take = (run) => this.held !== undefined && this.held.push(run) > 0;
  }

  /** With record 0 accepted, and the segment after the first one prepared. */
  static async start(): Promise<Held> {
    const clock = fakeClock();
    const held = { take: (_run: () => void): boolean => false };
    const diskClock: Clock = {
      now: () => clock.now(),
      wallTime: () => clock.wallTime(),
      soon: (run) => clock.soon(run),
      after: (ms, run) => (held.take(run) ? { cancel: () => undefined } : clock.after(ms, run)),
    };
    const disk = simulatedDisk({ clock: diskClock, syncMs: 1 });
    const one = new Harness({ disk, clock, journal: options });
    await clock.until(one.start());
    const started = new Held(one, clock, disk, held);
    await started.send(0);
    await clock.advance(1_000);
    expect(one.counts).toEqual({ accepted: 1 });
    started.held = [];
    return started;
  }

  async send(...numbers: readonly number[]): Promise<Delivery[]> {
    const sent = numbers.flatMap((number) =>
      this.one.send([{ topic: 'orders', key: 'k', value: `${number} `.padEnd(recordBytes, '.') }]),
    );
    await this.clock.advance(10);
    return sent;
  }

  /** How many syncs wait for their answer. */
  get waiting(): number {
    return this.held?.length ?? 0;
  }

  async answer(index: number): Promise<void> {
    const [run] = this.held?.splice(index, 1) ?? [];
    if (run === undefined) throw new Error(`no sync ${index} waits`);
    run();
    await this.clock.advance(10);
  }

  /** Lets the next sync fail, however late that is reported. */
  failNext(): void {
    this.disk.faults.at({ operation: 'sync', call: 1 }, { error: 'EIO' });
  }

  /** From now on, every sync takes a millisecond. */
  async release(): Promise<void> {
    const { held = [] } = this;
    this.held = undefined;
    for (const run of held) run();
    await this.clock.advance(30_000);
  }

  get accepted(): number {
    return this.one.counts['accepted'] ?? 0;
  }

  /** Returns what the next start sends after a power loss that leaves no more than it must. */
  afterPowerLoss(): Promise<number[]> {
    return numbersIn(this.disk.fork().crash({ keep: 'none' }));
  }

  /**
   * Checks that whatever a power loss leaves now is not damage, and includes all that was accepted;
   * what follows is in order.
   */
  async expectSafe(): Promise<void> {
    for (let seed = 0; seed < 4; seed++) {
      const numbers = await numbersIn(this.disk.fork().crash({ seed }));
      expect(numbers.slice(0, this.accepted), `seed ${seed}`).toEqual(upTo(this.accepted));
      expect(numbers, `seed ${seed}`).toEqual(numbers.toSorted((a, b) => a - b));
    }
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

async function numbersIn(disk: SimulatedDisk): Promise<number[]> {
  const clock = fakeClock();
  const journal = { ...options, corruption: 'strict' } as const;
  const next = new Harness({ disk, clock, journal, answer: delivered });
  await clock.until(next.start());
  await clock.runWhile(() => next.stat('backlogRecords') !== 0);
  return next.handed.map(({ value }) => parseInt(String(value)));
}

describe('records that are written while earlier ones are synced', () => {
  it('are on disk when the process is killed, and accepted when their own sync is answered', async () => {
    const held = await Held.start();
    await held.send(1);
    await held.send(2);
    expect(await numbersIn(held.disk.fork().kill())).toEqual(upTo(3));
    expect(held.accepted).toBe(1);
    await held.answer(0);
    expect(held.accepted).toBe(2);
    await held.expectSafe();
    await held.answer(0);
    expect(held.accepted).toBe(3);
    expect(await held.afterPowerLoss()).toEqual(upTo(3));
  });

  it('are accepted after the earlier ones, although their own sync is answered first', async () => {
    const held = await Held.start();
    await held.send(1);
    await held.send(2);
    // Only the earlier sync receives the error that occurred while it wrote record 1 back.
    await held.answer(1);
    expect(held.accepted).toBe(1);
    await held.expectSafe();
    await held.answer(0);
    expect(held.accepted).toBe(3);
    expect(await held.afterPowerLoss()).toEqual(upTo(3));
  });

  it.each(['first', 'last'] as const)(
    'are written again with the earlier ones, whose sync fails, and is answered %s',
    async (order) => {
      const held = await Held.start();
      held.failNext();
      await held.send(1);
      await held.send(2);
      await held.answer(order === 'first' ? 0 : 1);
      expect(held.accepted).toBe(1);
      await held.answer(0);
      expect(held.accepted).toBe(1);
      await held.expectSafe();
      await held.release();
      expect(held.accepted).toBe(3);
      expect(await held.afterPowerLoss()).toEqual(upTo(3));
    },
  );

  it('do not affect the earlier ones when they cannot be written', async () => {
    const held = await Held.start();
    await held.send(1);
    held.disk.faults.at({ operation: 'write', call: 1 }, { error: 'EIO' });
    await held.send(2);
    await held.answer(0);
    expect(held.accepted).toBe(2);
    await held.expectSafe();
    await held.release();
    expect(held.accepted).toBe(3);
    expect(await held.afterPowerLoss()).toEqual(upTo(3));
  });

  it('cause the earlier ones to be written again, too, when their own sync fails first: the error may concern those', async () => {
    const held = await Held.start();
    await held.send(1);
    held.failNext();
    await held.send(2);
    await held.answer(1);
    await held.answer(0);
    expect(held.accepted).toBe(1);
    await held.expectSafe();
    await held.release();
    expect(held.accepted).toBe(3);
    expect(await held.afterPowerLoss()).toEqual(upTo(3));
  });

  it('go together when more of them wait than can be written', async () => {
    const held = await Held.start();
    await held.send(1);
    await held.send(2, 3, 4, 5);
    const before = Number(held.one.stat('syncs'));
    await held.release();
    expect(held.accepted).toBe(6);
    expect(Number(held.one.stat('syncs')) - before).toBeLessThan(5);
    expect(await held.afterPowerLoss()).toEqual(upTo(6));
  });
});

describe('a segment that ends', () => {
  it('is synced before anything of the next one is accepted, and a power loss meanwhile is no damage', async () => {
    const held = await Held.start();
    await held.send(1);
    for (let number = 2; number < 7; number++) {
      await held.send(number);
      // The latest answer first, wherever the disk has a choice.
      await held.answer(held.waiting - 1);
      await held.expectSafe();
    }
    expect(held.accepted).toBeLessThan(7);
    await held.release();
    expect(held.accepted).toBe(7);
    expect(await held.afterPowerLoss()).toEqual(upTo(7));
  });
});

it('a sync that takes ten minutes lets nothing be accepted meanwhile, and counts when it is answered', async () => {
  const held = await Held.start();
  await held.send(1);
  await held.clock.advance(600_000);
  expect(held.accepted).toBe(1);
  await held.answer(0);
  expect(held.accepted).toBe(2);
  expect(await held.afterPowerLoss()).toEqual(upTo(2));
});
