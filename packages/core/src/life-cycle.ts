import { ProducerError } from './error.js';
import type { Clock } from './env.js';

/** Waits for `work` until `deadline` (monotonic ms); rejects with `late()` when it is not done by then. */
export function within<T>(
  work: Promise<T>,
  deadline: number,
  clock: Clock,
  late: () => ProducerError,
): Promise<T> {
  if (deadline === Infinity) return work;
  return new Promise((resolve, reject) => {
    const timer = clock.after(Math.max(0, deadline - clock.now()), () => reject(late()));
    work.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(
          error instanceof Error ? error : new ProducerError('STAGE_FAILED', 'rejected', { cause: error }),
        );
      },
    );
  });
}

/** One thing of a stage to end: its name and what to wait for. */
export interface Step {
  readonly name: string;
  readonly run: () => Promise<void> | void;
}

/**
 * Runs the steps one after the other, each to its end or until `deadline` + `graceMs`, and goes on after a failure; answers
 * with the errors. The grace lets a stage settle what the deadline left it with.
 */
export async function runInTurn(
  steps: readonly Step[],
  deadline: number,
  graceMs: number,
  clock: Clock,
): Promise<Error[]> {
  const errors: Error[] = [];
  for (const { name, run } of steps) {
    try {
      const work = Promise.resolve(run());
      const late = (): ProducerError =>
        new ProducerError('CLOSE_TIMEOUT', `'${name}' did not finish in time`, { stage: name });
      await within(work, Math.max(deadline, clock.now()) + graceMs, clock, late);
    } catch (error) {
      errors.push(
        error instanceof Error
          ? error
          : new ProducerError('STAGE_FAILED', `'${name}' failed`, { cause: error }),
      );
    }
  }
  return errors;
}
