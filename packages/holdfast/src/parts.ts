import { anObject, ProducerError, type Middleware } from '@holdfast/core';

/** Its options; or a middleware to put in its place; or `false` to leave it out. */
export type Choice<Options> = Options | Middleware | false;

export const isMiddleware = (choice: unknown): choice is Middleware =>
  typeof choice === 'object' && choice !== null && 'bind' in choice;

const names = ['journal', 'deadLetterQueue', 'buffer', 'retry', 'circuitBreaker'];

/** Makes the middleware one by one, and refuses what is wrong with any of them at once. */
export class Parts {
  private readonly middleware: Middleware[] = [];
  private readonly problems: string[];

  constructor(options: object) {
    const wrong = anObject(options);
    this.problems =
      wrong === undefined ? Object.entries(options).flatMap(problemOf) : [`the options ${wrong}`];
  }

  add<Options>(choice: Choice<Options>, make: (options: Options) => Middleware): void {
    if (choice === false) return;
    if (isMiddleware(choice)) {
      this.middleware.push(choice);
      return;
    }
    try {
      this.middleware.push(make(choice));
    } catch (error) {
      if (!ProducerError.is(error)) throw error;
      this.problems.push(error.message);
    }
  }

  made(): Middleware[] {
    const problems = [...new Set(this.problems)];
    if (problems.length === 0) return this.middleware;
    throw new ProducerError('INVALID_OPTIONS', `recommended: ${problems.join('; ')}`, {
      problems,
      stage: 'recommended',
    });
  }
}

function problemOf([name, choice]: [string, unknown]): string[] {
  if (!names.includes(name)) return [`unknown option '${name}': recommended has ${names.join(', ')}`];
  if (choice === undefined || choice === false || anObject(choice) === undefined) return [];
  return [`'${name}' must be its options, a middleware in its place, or false to leave it out`];
}
