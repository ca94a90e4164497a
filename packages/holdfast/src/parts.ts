import { ProducerError, type Middleware } from '@holdfast/core';
import { anObject, checkOptions, readOptions, type OptionCheck } from '@holdfast/core/stage';
import type { RecommendedOptions } from './recommended.js';

/** Its options; or a middleware to put in its place; or `false` to leave it out. */
export type Choice<Options> = Options | Middleware | false;

export const isMiddleware = (choice: unknown): choice is Middleware =>
  typeof choice === 'object' && choice !== null && 'bind' in choice;

const aChoice: OptionCheck = (value) =>
  value === false || anObject(value) === undefined
    ? undefined
    : 'must be its options, a middleware in its place, or false to leave it out';

/** Makes the middleware one by one, and refuses what is wrong with any of them at once. */
export class Parts {
  private readonly middleware: Middleware[] = [];
  private readonly problems: string[] = [];

  constructor(options: RecommendedOptions) {
    this.collect(() =>
      checkOptions('recommended', options, {
        metrics: aChoice,
        journal: aChoice,
        deadLetterQueue: aChoice,
        buffer: aChoice,
        retry: aChoice,
        circuitBreaker: aChoice,
      }),
    );
  }

  add<Options>(choice: Choice<Options>, make: (options: Options) => Middleware): void {
    // What is no choice was refused above.
    if (choice === false || aChoice(choice) !== undefined) return;
    this.collect(() => this.middleware.push(isMiddleware(choice) ? choice : make(choice)));
  }

  made(): Middleware[] {
    const { problems } = this;
    if (problems.length === 0) return this.middleware;
    throw new ProducerError('INVALID_OPTIONS', `recommended: ${problems.join('; ')}`, {
      problems,
      stage: 'recommended',
    });
  }

  private collect(run: () => void): void {
    try {
      readOptions('recommended', run);
    } catch (error) {
      if (!ProducerError.is(error)) throw error;
      const { stage, problems = [error.message] } = error;
      this.problems.push(...problems.map((one) => (stage === 'recommended' ? one : `${stage}: ${one}`)));
    }
  }
}
