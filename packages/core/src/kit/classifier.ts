import { isPromise } from 'node:util/types';
import type { Env } from '../contract/env.js';
import type { Failed, Unknown } from '../contract/outcome.js';

export type Classify<Answer extends string> = (outcome: Failed | Unknown) => Answer | undefined;

export interface ClassifierOptions<Answer extends string> {
  /** The middleware whose option it is. */
  readonly stage: string;
  readonly answers: readonly Answer[];
  /** What decides when the function does not, for the log. */
  readonly otherwise: string;
}

/**
 * Calls the user's `classify` of a middleware. A function that throws, or returns anything but an
 * answer or `undefined`, is reported and has no say.
 */
export class Classifier<Answer extends string> {
  constructor(
    private readonly options: ClassifierOptions<Answer>,
    private readonly classify: Classify<Answer> | undefined,
    private readonly env: Pick<Env, 'logger' | 'events'>,
  ) {}

  /** Returns `undefined` when the user's function does not decide. */
  ask(outcome: Failed | Unknown): Answer | undefined {
    if (this.classify === undefined) return undefined;
    const { stage, answers, otherwise } = this.options;
    try {
      const said: unknown = this.classify(outcome);
      const answer = answers.find((one) => one === said);
      if (answer !== undefined || said === undefined) return answer;
      if (isPromise(said)) said.catch(() => undefined);
      const choices = answers.map((one) => `'${one}'`).join(', ');
      throw new TypeError(`classify of ${stage} must return ${choices} or undefined, and not a promise`);
    } catch (error) {
      this.env.logger.error(`classify of ${stage} threw; ${otherwise} decides`);
      this.env.events.emit('callbackError', { error });
      return undefined;
    }
  }
}
