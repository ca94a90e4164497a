import { isError } from '../foreign/is-error.js';
import { ProducerError } from '../contract/error.js';
import type { Clock } from '../contract/env.js';
import { within } from '../kit/deadline.js';

/** One step of a stage's life cycle. */
export interface Step {
  readonly name: string;
  readonly run: () => Promise<void> | void;
}

/** Runs one step to its end or until `deadline` (monotonic ms); resolves with the error, if any. */
export async function runStep(
  { name, run }: Step,
  deadline: number,
  clock: Clock,
): Promise<Error | undefined> {
  const late = (): never => {
    throw new ProducerError('CLOSE_TIMEOUT', `'${name}' did not finish in time`, { stage: name });
  };
  try {
    await within(Promise.resolve(run()), deadline, clock, late);
    return undefined;
  } catch (error) {
    if (isError(error)) return error;
    return new ProducerError('STAGE_FAILED', `'${name}' failed`, { cause: error, stage: name });
  }
}

/**
 * Runs the steps in turn, each to its end or until `deadline` + `graceMs`, and continues after a
 * failure. Resolves with the errors. The grace lets a stage settle what it holds at the deadline.
 */
export async function runInTurn(
  steps: readonly Step[],
  deadline: number,
  graceMs: number,
  clock: Clock,
): Promise<Error[]> {
  const errors: Error[] = [];
  for (const step of steps) {
    const error = await runStep(step, Math.max(deadline, clock.now()) + graceMs, clock);
    if (error !== undefined) errors.push(error);
  }
  return errors;
}
