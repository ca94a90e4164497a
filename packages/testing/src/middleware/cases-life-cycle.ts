import { delivered, failedForNow } from './outcomes.js';
import { defaultMaxHoldMs, StageBench, type BenchOptions, type NextCall } from './stage-bench.js';
import type { ConformanceCase } from '../conformance/conformance-case.js';
import type { MiddlewareSubject } from './subject.js';

const closeMs = 500;

export function lifeCycleCases(subject: MiddlewareSubject): ConformanceCase[] {
  const title = (
    text: string,
    run: (subject: MiddlewareSubject) => Promise<readonly string[]>,
  ): ConformanceCase => ({
    title: text,
    run: () => run(subject),
  });
  return [
    title('settles at the close deadline what it holds, and hands up what comes back later', silentBelow),
    title('settles at the close deadline what waits to be tried again', failingBelow),
    title('closes soon when it holds nothing, a second time too, and leaves no timer', idleClose),
    title('closes without ever having been started or used', unusedClose),
    title('keeps nothing that it is sent after close', sendAfterClose),
    title('resolves flush when what it took before is settled, or at the deadline', flush),
  ];
}

const answerAfter =
  (ms: number) =>
  (bench: () => StageBench): BenchOptions['below'] =>
  ({ batch, answer }) =>
    void bench().clock.after(ms, () => answer(batch, delivered));

function benchOf(
  subject: MiddlewareSubject,
  below: (bench: () => StageBench) => BenchOptions['below'],
): StageBench {
  const bench: StageBench = new StageBench(subject, { below: (call) => answer(call) });
  const answer = below(() => bench);
  return bench;
}

async function silentBelow(subject: MiddlewareSubject): Promise<readonly string[]> {
  const calls: NextCall[] = [];
  const bench = benchOf(subject, () => (call) => void calls.push(call));
  await bench.start();
  for (let i = 0; i < 20; i++) bench.give(10);
  await bench.move(() => bench.clock.advance(100));
  await bench.close(closeMs);
  bench.reportHeld('still holds a delivery after close; settle at the deadline what was not handed on');
  for (const { batch, answer } of calls) answer(batch, failedForNow);
  await bench.move(() => bench.clock.runSoon());
  bench.reportHeld('keeps a delivery that came back after close; hand it up at once');
  return bench.problems.list();
}

async function failingBelow(subject: MiddlewareSubject): Promise<readonly string[]> {
  const bench = benchOf(
    subject,
    (self) =>
      ({ batch, answer }) =>
        void self().clock.after(5, () => answer(batch, failedForNow)),
  );
  await bench.start();
  for (let i = 0; i < 5; i++) bench.give(10);
  await bench.move(() => bench.clock.advance(7));
  await bench.close(closeMs);
  await bench.move(() => bench.clock.advance(5));
  bench.reportHeld('still holds a delivery after close; settle at the deadline what waits to be tried again');
  return bench.problems.list();
}

async function idleClose(subject: MiddlewareSubject): Promise<readonly string[]> {
  const bench = benchOf(subject, answerAfter(10));
  await bench.start();
  for (let i = 0; i < 5; i++) bench.give(10);
  await bench.drain();
  await bench.move(() => bench.clock.advance(1_000)); // forks may be on their way still
  const before = bench.clock.now();
  await bench.close(30_000);
  const took = bench.clock.now() - before;
  if (took >= 30_000) bench.problems.add(`waits for the close deadline though it holds nothing (${took} ms)`);
  await bench.close(30_000);
  await bench.move(() => bench.clock.runSoon());
  if (bench.clock.pending > 0) {
    bench.problems.add(`leaves ${bench.clock.pending} timers after close; cancel them there`);
  }
  return bench.problems.list();
}

async function unusedClose(subject: MiddlewareSubject): Promise<readonly string[]> {
  const bench = benchOf(subject, answerAfter(10));
  await bench.close(closeMs);
  await bench.move(() => bench.clock.runSoon());
  if (bench.clock.pending > 0)
    bench.problems.add(`leaves ${bench.clock.pending} timers after a close without use`);
  return bench.problems.list();
}

async function sendAfterClose(subject: MiddlewareSubject): Promise<readonly string[]> {
  const bench = benchOf(subject, answerAfter(1));
  await bench.start();
  await bench.close(closeMs);
  bench.give(3);
  await bench.drain(10_000);
  bench.reportHeld('keeps a delivery that it was sent after close; settle it as failed, or hand it on');
  return bench.problems.list();
}

async function flush(subject: MiddlewareSubject): Promise<readonly string[]> {
  const bench = benchOf(subject, answerAfter(50));
  await bench.start();
  for (let i = 0; i < 10; i++) bench.give(10);
  const before = [...bench.given];
  // Long enough for a stage that hands on slowly; at the deadline it may resolve whatever is left.
  const ms = subject.features?.maxHoldMs ?? defaultMaxHoldMs;
  const deadline = bench.clock.now() + ms;
  await flushed(bench, ms);
  const left = before.filter((one) => bench.ledger.isOpen(one)).length;
  if (left > 0 && bench.stage.flush !== undefined && bench.clock.now() < deadline)
    bench.problems.add(`resolved flush while ${left} deliveries that it took before were not settled`);
  await bench.drain();
  const stuck = benchOf(subject, () => () => undefined);
  await stuck.start();
  for (let i = 0; i < 10; i++) stuck.give(10);
  await flushed(stuck, 2_000);
  return [...bench.problems.list(), ...stuck.problems.list()];
}

async function flushed(bench: StageBench, ms: number): Promise<void> {
  if (bench.stage.flush === undefined) return;
  const deadline = bench.clock.now() + ms;
  await bench.safely('does not resolve flush at its deadline', async () => {
    await bench.clock.until(Promise.resolve(bench.stage.flush?.(deadline)), ms + 1_000);
  });
}
