import { Notify } from '@holdfast/core/stage';
import { delivered, failedForGood, failedForLong } from './outcomes.js';
import { StageBench, type BenchOptions } from './stage-bench.js';
import type { ConformanceCase } from '../conformance/conformance-case.js';
import type { MiddlewareSubject } from './subject.js';

/** What a stage has to look at: the room below it, and each record's own deadline and identity. */
export function surroundingsCases(subject: MiddlewareSubject): ConformanceCase[] {
  return [
    {
      title: 'hands nothing on while the stage below is full, and goes on when it has room',
      run: () => fullBelow(subject),
    },
    { title: 'settles at the delivery deadline what it holds', run: () => shortDeadlines(subject) },
    { title: 'tells records of equal content apart', run: () => repeats(subject) },
  ];
}

/** The stage below says that it is full, or that it has room. */
class RoomBelow {
  private readonly freed = new Notify();
  full = true;

  readonly ready = (): Promise<void> | undefined => (this.full ? this.freed.wait() : undefined);

  /** Somebody else takes the room at once when `full`. */
  open(full = false): void {
    this.full = full;
    this.freed.notifyAll();
  }
}

async function fullBelow(subject: MiddlewareSubject): Promise<readonly string[]> {
  const below = new RoomBelow();
  let handedOn = 0;
  const bench: StageBench = new StageBench(subject, {
    ready: below.ready,
    below: ({ batch, answer }) => {
      handedOn += batch.length;
      bench.clock.after(1, () => answer(batch, delivered));
    },
  });
  const { stage } = bench;
  await bench.start();
  if (stage.ready !== undefined) {
    for (let i = 0; i < 20 && stage.ready() === undefined; i++) {
      bench.give(10);
      await bench.move(() => bench.clock.advance(10));
    }
    await bench.move(() => bench.clock.advance(1_000));
    if (handedOn > 0) {
      bench.problems.add(
        `has a ready of its own, said that it had room, and handed on ${handedOn} records while the stage below was full; ask env.ready() before next, or answer with it in ready`,
      );
    }
  }
  bench.give(10);
  await bench.move(() => bench.clock.advance(10));
  below.open(true);
  await bench.move(() => bench.clock.advance(10));
  below.open();
  bench.give(1);
  await bench.drain();
  bench.reportHeld(
    'holds a delivery for ever though the stage below has room again; after env.ready() ask it anew',
  );
  return bench.problems.list();
}

const deadlineMs = 300;
/** A stage may look at its deadlines from time to time only. */
const graceMs = 1_000;

async function shortDeadlines(subject: MiddlewareSubject): Promise<readonly string[]> {
  const problems = new Set<string>();
  const ways: Pick<BenchOptions, 'below' | 'ready'>[] = [
    { below: () => undefined, ready: () => new Promise<void>(() => undefined) },
    { below: () => undefined },
    { below: ({ batch, answer }) => answer(batch, failedForLong) },
  ];
  for (const way of ways) {
    const timeouts = [60_000, deadlineMs, Infinity, deadlineMs];
    const deliveryTimeoutMs = (number: number): number => timeouts[number % timeouts.length] ?? deadlineMs;
    const bench = new StageBench(subject, { ...way, deliveryTimeoutMs });
    await bench.start();
    for (let i = 0; i < 5; i++) bench.give(10);
    // What is on disk waits as long as it takes.
    if (bench.traits.persists) return [];
    await bench.move(() => bench.clock.advance(deadlineMs + graceMs));
    // A stage that answers for a record by a fork of it waits for that, and those below give it up.
    const overdue = bench.ledger.held().filter(({ deadline }) => deadline <= bench.clock.now());
    if (bench.ledger.forksBelow < overdue.length)
      bench.reportHeld(
        `still holds a delivery ${graceMs} ms after its deadline; watch delivery.deadline of each, whatever stands before it, and settle it as failed with DELIVERY_TIMEOUT`,
        overdue,
      );
    for (const problem of bench.problems.list()) problems.add(problem);
  }
  return [...problems];
}

async function repeats(subject: MiddlewareSubject): Promise<readonly string[]> {
  const bench: StageBench = new StageBench(subject, {
    below: ({ batch, answer }) =>
      void bench.clock.after(20, () =>
        answer(batch, (one) => (bench.numberOf(one) % 3 === 0 ? failedForGood() : delivered(one))),
      ),
  });
  await bench.start();
  for (let i = 0; i < 3; i++) bench.give(4, { key: 'k', value: 'the same again' });
  await bench.drain();
  bench.give(4, { key: 'k', value: 'the same again' });
  await bench.drain();
  bench.reportHeld(
    'never settled a delivery whose key and value were those of another; tell records apart by the delivery',
  );
  return bench.problems.list();
}
