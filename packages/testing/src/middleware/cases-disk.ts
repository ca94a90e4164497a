import type { Delivery } from '@holdfast/core/stage';
import type { SimulatedDisk } from '../disk/simulated-disk.js';
import { strayRejection, watchingRejections } from '../conformance/stray-rejections.js';
import { delivered } from './outcomes.js';
import { StageBench } from './stage-bench.js';
import type { ConformanceCase } from '../conformance/conformance-case.js';
import type { MiddlewareSubject } from './subject.js';

/** A stage that never touches the disk passes at once. */
export function diskCases(subject: MiddlewareSubject): ConformanceCase[] {
  return [
    {
      title: 'settles each delivery, and accepts nothing that is not kept, when the disk fails',
      run: () => failingDisk(subject),
    },
  ];
}

type DiskFailure = (disk: SimulatedDisk) => void;

/** So many calls are broken one by one, spread over all; where a stage writes much, a run is no matter of milliseconds. */
const most = 6;

async function failingDisk(subject: MiddlewareSubject): Promise<readonly string[]> {
  const calls = await countCalls(subject);
  const step = Math.max(1, Math.ceil(calls / most));
  for (let call = 1; call <= calls; call += step) {
    for (const [what, breaks] of diskFailures(call)) {
      const stray: string[] = [];
      const found = await watchingRejections(
        () => withDisk(subject, breaks),
        (reason) => stray.push(strayRejection(subject.name, reason)),
      );
      const problems = [...stray, ...found];
      if (problems.length > 0) return problems.map((problem) => `${problem}; with ${what}`);
    }
  }
  return [];
}

const diskFailures = (call: number): [string, DiskFailure][] => [
  [`EIO at disk call ${call}`, (disk) => void disk.faults.at({ call }, { error: 'EIO' })],
  [`a full disk from disk call ${call} on`, (disk) => void disk.faults.every({ call }, { error: 'ENOSPC' })],
];

async function countCalls(subject: MiddlewareSubject): Promise<number> {
  const { bench } = await runWith(subject, () => undefined);
  return bench.env.disk.calls.mutations;
}

async function withDisk(subject: MiddlewareSubject, breaks: DiskFailure): Promise<readonly string[]> {
  const { bench, accepted } = await runWith(subject, breaks);
  const problems = bench.problems.list();
  if (problems.length > 0 || !bench.traits.persists) return problems;
  return lostAfter(subject, bench, accepted);
}

/** A stage may refuse to start on such a disk, and is given nothing then; its close may say what was wrong. */
async function runWith(
  subject: MiddlewareSubject,
  breaks: DiskFailure,
): Promise<{ bench: StageBench; accepted: readonly Delivery[] }> {
  const bench = new StageBench(subject, { below: () => undefined });
  breaks(bench.env.disk);
  const starts = await bench.starts();
  for (let i = 0; i < 5 && starts; i++) {
    bench.give(10);
    await bench.move(() => bench.clock.advance(100));
  }
  const accepted = bench.given.filter(({ outcome }) => outcome?.status === 'accepted');
  await bench.closes(500);
  bench.reportHeld('still holds a delivery after close; settle it when the disk fails');
  return { bench, accepted };
}

/** What was accepted and is neither kept for the next start nor told of is lost. */
async function lostAfter(
  subject: MiddlewareSubject,
  { clock, env }: StageBench,
  accepted: readonly Delivery[],
): Promise<readonly string[]> {
  const disk = env.disk.crash({ keep: 'none' });
  const seen = new Set(env.undeliverable.map(contentOf));
  const next: StageBench = new StageBench(subject, {
    clock,
    disk,
    below: ({ batch, answer }) => {
      for (const one of batch) seen.add(contentOf(one));
      clock.after(1, () => answer(batch, delivered));
    },
  });
  await next.starts();
  await next.move(() => clock.advance(10_000));
  await next.closes(500);
  for (const one of accepted) {
    if (seen.has(contentOf(one))) continue;
    next.problems.add(
      "accepted a record that its disk had not kept, and did not hand it on after the next start; say 'accepted' after a sync that succeeded",
      next.ledger.nameOf(one),
    );
  }
  return next.problems.list();
}

const contentOf = ({ record }: Delivery): string =>
  `${record.topic} ${String(record.key)} ${String(record.value)}`;
