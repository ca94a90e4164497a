import type { Middleware } from '@holdfast/core';
import { ProducerError } from '@holdfast/core';
import { checkOptions, readOptions } from '@holdfast/core/stage';
import { wrongChoices } from './errors.js';
import { aChoice, isMiddleware, type MiddlewareChoice, type RecommendedOptions } from './options.js';

/** Makes the middleware of a chain one by one, and collects the problems of all of them. */
export class ChainBuilder {
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

  /** Appends the chosen middleware. `create` makes one from its options. */
  add<Options>(choice: MiddlewareChoice<Options>, create: (options: Options) => Middleware): void {
    // The constructor has already reported a choice of the wrong type.
    if (choice === false || aChoice(choice) !== undefined) return;
    this.collect(() => this.middleware.push(isMiddleware(choice) ? choice : create(choice)));
  }

  /**
   * Returns the chain, outermost first. Throws `INVALID_OPTIONS` with the problems of all
   * middleware.
   */
  build(): Middleware[] {
    if (this.problems.length > 0) throw wrongChoices(this.problems);
    return this.middleware;
  }

  private collect(run: () => void): void {
    try {
      readOptions('recommended', run);
    } catch (error) {
      if (!ProducerError.is(error)) throw error;
      const { stage, problems = [error.message] } = error;
      this.problems.push(
        ...problems.map((problem) => (stage === 'recommended' ? problem : `${stage}: ${problem}`)),
      );
    }
  }
}
