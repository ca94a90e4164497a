import { hastyClock } from '../env/fake-clock.js';
import { runsFrom } from '../property/runs.js';
import { delivered, failedForNow } from './outcomes.js';
import { defaultMaxHoldMs, StageBench, type NextCall } from './stage-bench.js';
import type { ConformanceCase } from '../conformance/conformance-case.js';
import type { MiddlewareSubject } from './subject.js';

/** As many as `own`, and as many more as `HOLDFAST_RUNS` says. */
const atLeast = (own: number): number => Math.max(own, runsFrom(own));
/** A stage that is not full by then is not going to be filled by a test. */
const mostRecords = 20_000;
/** A stack has room for some 10,000 calls of the smallest functions, and each try is several. */
const mostTries = 20_000;

export function roomCases(subject: MiddlewareSubject): ConformanceCase[] {
  const cases = [
    { title: 'says when it is full, and when there is room again', run: () => room(subject) },
    {
      title: 'hands a lane on once at a time, and in order, if it says that it keeps lanes',
      run: () => lanes(subject),
    },
  ];
  if (subject.features?.createWithoutDelay === undefined) return cases;
  const tries = atLeast(mostTries);
  return [
    ...cases,
    {
      title: `tries again ${tries} times in a row without recursion`,
      run: () => noRecursion(subject, tries),
    },
  ];
}

async function room(subject: MiddlewareSubject): Promise<readonly string[]> {
  const calls: NextCall[] = [];
  let answers = false;
  const answer = (call: NextCall): void => call.answer(call.batch, delivered);
  const bench: StageBench = new StageBench(subject, {
    below: (call) => (answers ? bench.clock.soon(() => answer(call)) : void calls.push(call)),
  });
  const { stage } = bench;
  if (stage.ready === undefined) return [];
  const maxHoldMs = subject.features?.maxHoldMs ?? defaultMaxHoldMs;
  // A stage that hands on slowly, as a rate limit does, has as long as it may hold a record.
  const answerAll = async (): Promise<void> => {
    answers = true;
    for (const call of calls.splice(0)) answer(call);
    await bench.drain();
  };
  await bench.start();
  const settle = bench.settle();
  while (bench.given.length < mostRecords && stage.ready() === undefined) {
    bench.give(100, { settle });
    // One that fills a disk knows that it is full when the disk has answered.
    await bench.move(() => bench.clock.advance(1));
  }
  const full = stage.ready();
  if (full !== undefined) {
    bench.give(10, { settle }); // fireAndForget and forks may come all the same
    let open = true;
    full.then(
      () => void (open = false),
      (error: unknown) => bench.threw('rejected from ready', error),
    );
    await answerAll();
    // One that has accepted all of it may have to hand it on first.
    await bench.move(() => bench.clock.runWhile(() => open, maxHoldMs));
    if (open)
      bench.problems.add('said that it is full, and its ready promise never resolved though all was settled');
    if (stage.ready() !== undefined) bench.problems.add('says that it is full though all was settled');
  } else {
    const waiting = waitingIn(bench);
    if (waiting > mostRecords / 2)
      bench.problems.add(
        `has a ready of its own, and did not say that it is full with ${waiting} records waiting in it; answer ready with a promise, or give the suite one with less room`,
      );
    await answerAll();
  }
  bench.reportHeld('never settled a delivery');
  return bench.problems.list();
}

/** Neither handed on, itself or as a fork, nor settled for good. */
function waitingIn({ given, ledger }: StageBench): number {
  const kept = given.filter(
    (one) => !ledger.isBelow(one) && (ledger.isOpen(one) || one.outcome?.status === 'accepted'),
  );
  return kept.length - ledger.forksBelow;
}

async function lanes(subject: MiddlewareSubject): Promise<readonly string[]> {
  const outstanding = new Map<number, number>();
  const next = new Map<number, number>();
  const bench: StageBench = new StageBench(subject, { below: (call) => watch(call) });
  if (!bench.traits.keepsLanes) return [];
  const watch = ({ number, batch, answer }: NextCall): void => {
    for (const delivery of batch) {
      const { lane } = delivery;
      const other = outstanding.get(lane);
      if (other !== undefined && other !== number) {
        bench.problems.add(
          'says that it keeps lanes, but handed on a lane while records of it were still below',
        );
      }
      outstanding.set(lane, number);
      const place = bench.numberOf(delivery);
      if (place < (next.get(lane) ?? 0))
        bench.problems.add('says that it keeps lanes, but handed on a lane out of order');
      next.set(lane, place);
    }
    bench.clock.after(7 + (number % 3) * 10, () => {
      for (const { lane } of batch) outstanding.delete(lane);
      answer(batch, delivered);
    });
  };
  await bench.start();
  for (let i = 0; i < 40; i++) {
    bench.give(1 + (i % 5));
    if (i % 3 === 0) await bench.move(() => bench.clock.advance(4));
  }
  return bench.finish();
}

async function noRecursion(subject: MiddlewareSubject, retries: number): Promise<readonly string[]> {
  const create = subject.features?.createWithoutDelay ?? subject.create;
  let tries = 0;
  const bench: StageBench = new StageBench(subject, {
    create,
    clock: hastyClock(),
    deliveryTimeoutMs: Infinity,
    below: ({ batch, answer }) => {
      tries++;
      answer(batch, tries <= retries ? failedForNow : delivered);
    },
  });
  await bench.start();
  bench.give(1);
  await bench.drain();
  bench.reportHeld('never settled a delivery');
  if (tries <= retries && bench.problems.none) {
    bench.problems.add(
      `gave up after ${tries} tries; createWithoutDelay must make one that tries without limit`,
    );
  }
  return bench.problems.list();
}
