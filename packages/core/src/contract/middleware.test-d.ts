import { checkOptions, numberBetween } from '../kit/check-options.js';
import { failed } from './outcome.js';
import type { Delivery } from './delivery.js';
import type { Env } from './env.js';
import type { Failed } from './outcome.js';
import type { Middleware, Send, Settle, Stage } from './middleware.js';
import type { OptionChecks } from '../kit/check-options.js';
import type { ProducerError } from './error.js';
import { expectTypeOf } from 'vitest';

declare const next: Send;
declare const error: ProducerError;

// The smallest possible middleware.
export const passThrough: Middleware = { name: 'pass', bind: (down) => ({ send: down }) };

expectTypeOf<Parameters<Middleware['bind']>>().toEqualTypeOf<[next: Send, env: Env]>();
expectTypeOf(next).parameters.toEqualTypeOf<[batch: Delivery[], settle: Settle]>();
expectTypeOf(failed(error)).toEqualTypeOf<Failed>();

// An async send is allowed: if it rejects, core settles the deliveries it still holds.
export const async: Stage = {
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- this is what is tested
  async send(batch, settle) {
    await Promise.resolve();
    next(batch, settle);
  },
};

export const wrong: Middleware = {
  name: 'wrong',
  // @ts-expect-error a stage has a send
  bind: () => ({ flush: () => undefined }),
};
export const traits: Middleware = {
  name: 'traits',
  // @ts-expect-error no such trait
  traits: { keepsOrder: true },
  bind: (down) => ({ send: down }),
};

// Every option needs a check, and every check an option.
interface Options {
  readonly delayMs?: number;
  readonly name?: string;
}
declare const options: Options;
// @ts-expect-error name has no check
checkOptions<Options>('x', options, { delayMs: numberBetween(0, 1) });
expectTypeOf<keyof OptionChecks<Options>>().toEqualTypeOf<'delayMs' | 'name'>();

// The settling stage sets a delivery's outcome, but cannot change its deadline.
export function settleAll(batch: Delivery[], settle: Settle): void {
  for (const delivery of batch) {
    delivery.outcome = failed(error);
    // @ts-expect-error fixed at send
    delivery.deadline = 5;
  }
  settle(batch);
}
