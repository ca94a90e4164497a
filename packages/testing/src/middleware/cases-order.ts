import type { Delivery } from '@holdfast/core/stage';
import type { ConformanceCase } from '../conformance/conformance-case.js';
import { overSeeds } from '../conformance/over-seeds.js';
import { seededRandom } from '../property/seed.js';
import { delivered, failedForNow, failedUntilLater, unknownForNow } from './outcomes.js';
import { StageBench, type NextCall } from './stage-bench.js';
import type { MiddlewareSubject } from './subject.js';

const runs = 20;
const records = 8;
/** From then on all is delivered, so that a stage with few tries comes to an end in order, too. */
const troubledCalls = 3;

export function orderCases(subject: MiddlewareSubject): ConformanceCase[] {
  return [
    {
      title: 'sends again what failed without breaking the order of a key in the batch it was given',
      run: () => order(subject),
    },
  ];
}

/** Of stages that send again alone: any other hands a batch on as it came, and what it makes of outcomes is its own affair. */
async function order(subject: MiddlewareSubject): Promise<readonly string[]> {
  if (subject.create().traits?.resends !== true) return [];
  return overSeeds((seed) => orderOf(subject, seed), runs, subject.seed);
}

async function orderOf(subject: MiddlewareSubject, seed: number): Promise<readonly string[]> {
  const written: Delivery[] = [];
  const below = troubled(seed, (delivery) => written.push(delivery));
  const bench: StageBench = new StageBench(subject, { below: (call) => below(call, bench) });
  await bench.start();
  const given = bench.give(records, { key: 'k' });
  const problems = await bench.finish();
  if (problems.length > 0) return problems;
  const places = written.map((delivery) => given.indexOf(delivery));
  const late = places.findIndex((place, index) => place < (places[index - 1] ?? -1));
  if (late < 0) return [];
  return [
    `'${subject.name}' sent record ${places[late - 1]} of a key before record ${places[late]}, which came before it: a record that failed waits until every earlier one of its lane has come back through settle, whatever its outcome says until then`,
  ];
}

/**
 * As a client that loses its connection, under a breaker: a part of a call fails or is delivered, and comes back in a later
 * turn; what comes after it is refused before `next` returns.
 */
function troubled(
  seed: number,
  wrote: (delivery: Delivery) => void,
): (call: NextCall, bench: StageBench) => void {
  const random = seededRandom(seed);
  const fates = [delivered, failedForNow, unknownForNow];
  return ({ number, batch, answer }, { clock }) => {
    const trouble = number < troubledCalls;
    const passed = trouble ? Math.floor(random() * (batch.length + 1)) : batch.length;
    const fate = (trouble ? fates[Math.floor(random() * fates.length)] : undefined) ?? delivered;
    const taken = batch.slice(0, passed);
    if (fate === delivered) taken.forEach(wrote);
    clock.after(Math.floor(random() * 20), () => answer(taken, fate));
    answer(batch.slice(passed), failedUntilLater);
  };
}
