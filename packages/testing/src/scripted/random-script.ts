import { ProducerError } from '@holdfast/core';
import { seededRandom } from '../seed.js';
import type { Step, StepFunction } from './step.js';

/** Chances from 0 to 1; whatever is left over is delivered. */
export interface RandomScriptOptions {
  readonly seed: number;
  /** A partition's part of a call fails for now: retriable, certainly not written. Default 0.1. */
  readonly failed?: number;
  /** A partition's part of a call gets no clear answer: retriable, perhaps written. Default 0.1. */
  readonly unknown?: number;
  /** Of the unknown ones: really written. Default 0.5. */
  readonly writtenWhenUnknown?: number;
  /** A single record is refused for good: not retriable, not written. Default 0. */
  readonly rejected?: number;
  /** A partition's part of a call is not answered before `disconnect`. Default 0. */
  readonly hangs?: number;
  /** A call throws before it takes anything. Default 0. */
  readonly throws?: number;
  /** A partition is answered apart from the rest of its call, at a time of its own. Default 0.3. */
  readonly parts?: number;
  /** A partition's part of a call has its outcome set at once, and is settled when its answer comes. Default 0.5. */
  readonly early?: number;
  /** Answers come after 0 to this many whole ms. Default 50. */
  readonly maxDelayMs?: number;
}

/**
 * A script drawn from a seed. Records of one call to one partition share their fate, as they share one record batch in
 * Kafka: a broker never writes the second and refuses the first of them.
 */
export function randomScript(options: RandomScriptOptions): StepFunction {
  const { failed = 0.1, unknown = 0.1, writtenWhenUnknown = 0.5, rejected = 0 } = options;
  const { hangs = 0, throws = 0, parts = 0.3, early = 0.5, maxDelayMs = 50 } = options;
  const random = seededRandom(options.seed);
  const delay = (): number => Math.floor(random() * (maxDelayMs + 1));
  let current = -1;
  let callDelay = 0;
  let fates = new Map<string, Step>();

  const fate = (): Step => {
    const timing = {
      early: random() < early,
      ...(random() < parts ? { delayMs: delay(), part: Math.floor(random() * 3) } : { delayMs: callDelay }),
    };
    const drawn = random();
    if (drawn < hangs) return { fault: 'hangs', outcome: 'unknown', written: random() < writtenWhenUnknown };
    if (drawn < hangs + failed) return { ...timing, outcome: 'failed' };
    if (drawn < hangs + failed + unknown) {
      return { ...timing, outcome: 'unknown', written: random() < writtenWhenUnknown };
    }
    return timing;
  };

  return (delivery, { call, partition }) => {
    if (call !== current) {
      current = call;
      callDelay = delay();
      fates = new Map<string, Step>();
      if (random() < throws) return { fault: 'throws' };
    }
    if (random() < rejected) return { delayMs: callDelay, outcome: 'failed', error: refused() };
    const place = `${delivery.record.topic}/${partition}`;
    let shared = fates.get(place);
    if (shared === undefined) fates.set(place, (shared = fate()));
    return shared;
  };
}

const refused = (): ProducerError =>
  new ProducerError('RECORD_TOO_LARGE', 'the scripted broker takes no such record', { retriable: false });
