import { ProducerError } from '@holdfast/core';
import { seededRandom } from '../property/seed.js';
import type { Step, StepFunction } from './step.js';

/** Probabilities from 0 to 1; all other records are delivered. */
export interface RandomScriptOptions {
  readonly seed: number;
  /** A partition's part of a call fails, retriable and certainly not written. Default 0.1. */
  readonly failed?: number;
  /** A partition's part of a call ends as `unknown`: retriable, perhaps written. Default 0.1. */
  readonly unknown?: number;
  /** An unknown part is in fact written. Default 0.5. */
  readonly writtenWhenUnknown?: number;
  /** A single record is refused: not retriable, not written. Default 0. */
  readonly rejected?: number;
  /** A partition's part of a call is not settled before `disconnect`. Default 0. */
  readonly hangs?: number;
  /** A call throws before it takes any record. Default 0. */
  readonly throws?: number;
  /** A partition's part of a call is settled separately, at its own time. Default 0.3. */
  readonly parts?: number;
  /**
   * A partition's part of a call has its outcome set at once, and is settled later. Default 0.5.
   */
  readonly early?: number;
  /** The longest delay before records are settled, whole ms. Default 50. */
  readonly maxDelayMs?: number;
}

/**
 * Returns a script drawn from a seed. Records of one call for the same partition have the same
 * result, as they share a record batch in Kafka: a broker never writes the second and refuses the
 * first.
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
