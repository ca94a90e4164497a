import type { Outcome } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';
import {
  accepted,
  deadLettered,
  delivered,
  failedForGood,
  failedForNow,
  failedUntilLater,
  unknownForGood,
  unknownForNow,
} from './outcomes.js';
import { overSeeds } from '../conformance/over-seeds.js';
import { seededRandom } from '../property/seed.js';
import { StageBench, type BenchOptions, type NextCall } from './stage-bench.js';
import type { ConformanceCase } from '../conformance/conformance-case.js';
import type { MiddlewareSubject } from './subject.js';

/** Short, so that a stage that tries again without end comes to it soon. */
const deliveryTimeoutMs = 10_000;

type Responder = (bench: () => StageBench) => BenchOptions['below'];

const after =
  (ms: number, outcome: (delivery: Delivery) => Outcome = delivered): Responder =>
  (bench) =>
  ({ batch, answer }) =>
    void bench().clock.after(ms, () => answer(batch, outcome));

const atOnce: Responder =
  () =>
  ({ batch, answer }) =>
    answer(batch, delivered);

const oneByOneBackwards: Responder =
  (bench) =>
  ({ batch, answer }) => {
    for (const [index, delivery] of [...batch].reverse().entries()) {
      bench().clock.after(index, () => answer([delivery], delivered));
    }
  };

const partAtOnce: Responder =
  (bench) =>
  ({ batch, answer }) => {
    answer(
      batch.filter((_, index) => index % 2 === 1),
      delivered,
    );
    bench().clock.after(5, () => answer(batch, delivered));
  };

/** Every outcome there is, at first; delivered when it is tried again. */
const mixed: Responder = (bench) => {
  const kinds = [
    delivered,
    failedForNow,
    failedForGood,
    failedUntilLater,
    unknownForNow,
    unknownForGood,
    deadLettered,
    accepted,
  ];
  return ({ batch, answer }) =>
    void bench().clock.after(3, () =>
      answer(batch, (delivery) => {
        const kind = kinds[bench().numberOf(delivery) % kinds.length];
        return delivery.attempts > 1 || kind === undefined ? delivered(delivery) : kind(delivery);
      }),
    );
};

/** What core answers, before `next` returns, when the stage below throws. */
const throwing: Responder =
  () =>
  ({ batch, answer }) =>
    answer(batch, unknownForGood);

/** Any of these for each call, drawn from a seed. */
const anyWay =
  (seed: number): Responder =>
  (bench) => {
    const random = seededRandom(seed);
    const all = ways.map(([, below]) => below(bench));
    return (call) => all[Math.floor(random() * all.length)]?.(call);
  };

const atRandom = (subject: MiddlewareSubject): Promise<readonly string[]> =>
  overSeeds((seed) => settle(subject, anyWay(seed)), 1, subject.seed);

async function settle(
  subject: MiddlewareSubject,
  below: Responder,
  consume = false,
): Promise<readonly string[]> {
  const bench: StageBench = new StageBench(subject, {
    below: (call: NextCall) => answer(call),
    deliveryTimeoutMs,
    consume,
  });
  const answer = below(() => bench);
  await bench.start();
  for (const size of [1, 2, 50, 1, 16]) {
    bench.give(size);
    bench.give(3, { key: null });
  }
  await bench.move(() => bench.clock.advance(1));
  bench.give(8);
  return bench.finish();
}

const ways: readonly (readonly [title: string, below: Responder])[] = [
  ['the next stage answers later', after(10)],
  ['the next stage answers before send returns', atOnce],
  ['the next stage answers in parts, in another order', oneByOneBackwards],
  ['the next stage answers a part before send returns and the rest later', partAtOnce],
  ['answers come after the delivery deadline', after(deliveryTimeoutMs + 5_000)],
  ['some records fail, are unknown, dead-lettered or accepted below', mixed],
  ['everything fails for now, without end', after(2, failedForNow)],
  ['everything is unknown, without end', after(2, unknownForNow)],
  ['everything fails for good', after(2, failedForGood)],
  ['the next stage throws', throwing],
];

export function settlingCases(subject: MiddlewareSubject): ConformanceCase[] {
  return [
    ...ways.map(([title, below]) => ({
      title: `settles each delivery once, with a true outcome, when ${title}`,
      run: () => settle(subject, below),
    })),
    {
      title: 'settles each delivery once, with a true outcome, when every call is answered in another way',
      run: () => atRandom(subject),
    },
    { title: 'leaves alone the arrays that it has handed over', run: () => arrays(subject) },
  ];
}

/** If the same run is right as long as nobody else touches the arrays, that is what is wrong. */
async function arrays(subject: MiddlewareSubject): Promise<readonly string[]> {
  for (const below of [after(10), atOnce, oneByOneBackwards]) {
    const untouched = await settle(subject, below);
    if (untouched.length > 0) return untouched;
    const [problem] = await settle(subject, below, true);
    if (problem !== undefined) {
      return [
        `'${subject.name}' goes on using an array after it has handed it on or settled it; the array belongs to the callee, which may empty it. Then ${problem}`,
      ];
    }
  }
  return [];
}
