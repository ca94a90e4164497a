import { createProducer } from '../producer/producer.js';
import type { Adapter } from './adapter.js';
import type { Attempt, EventName, ProducerEvents } from './events.js';
import type { Failed, Unknown } from './outcome.js';
import type { Middleware } from './middleware.js';
import type { Producer } from '../producer/producer.js';
import type { ProducerError } from './error.js';
import { expectTypeOf } from 'vitest';

// A middleware's package does the same, under the name of core's package.
declare module './stats.js' {
  interface KnownStages {
    breaker: { readonly openings: number };
  }
}
declare module './events.js' {
  interface ProducerEvents {
    'breaker.opened': { readonly topic: string; readonly failureRate: number };
  }
}

declare const producer: Producer;

expectTypeOf<EventName>().toEqualTypeOf<keyof ProducerEvents>();
expectTypeOf<'breaker.opened'>().toExtend<EventName>();

const stop = producer.on('failed', ({ record, outcome }) => {
  expectTypeOf(record.topic).toEqualTypeOf<string>();
  expectTypeOf(outcome).toEqualTypeOf<Failed | Unknown>();
});
expectTypeOf(stop).toEqualTypeOf<() => void>();
producer.on('attempt', (attempt) => expectTypeOf(attempt).toEqualTypeOf<Attempt>());
producer.on('disconnected', ({ error }) => expectTypeOf(error).toEqualTypeOf<ProducerError>());
producer.on('closed', ({ failed, unknown }) => expectTypeOf(failed + unknown).toEqualTypeOf<number>());
producer.on('callbackError', ({ error }) => expectTypeOf(error).toEqualTypeOf<unknown>());
producer.on('breaker.opened', ({ failureRate }) => expectTypeOf(failureRate).toEqualTypeOf<number>());
producer.off('failed', () => undefined);

declare const client: Adapter;
void createProducer({
  adapter: client,
  on: {
    disconnected: ({ error }) => expectTypeOf(error).toEqualTypeOf<ProducerError>(),
    'breaker.opened': ({ failureRate }) => expectTypeOf(failureRate).toEqualTypeOf<number>(),
  },
});
// @ts-expect-error no such event
void createProducer({ adapter: client, on: { conected: () => undefined } });

expectTypeOf(producer.stats().stages.breaker?.openings).toEqualTypeOf<number | undefined>();
expectTypeOf(producer.stats().stages['unheardOf']).toEqualTypeOf<object | undefined>();
// @ts-expect-error its stats have no such figure
void producer.stats().stages.breaker?.closings;

// @ts-expect-error no such event
producer.on('fialed', () => undefined);
// @ts-expect-error the payload has no such field
producer.on('closed', ({ lost }) => void lost);

// A stage may emit declared events only.
export const breaker: Middleware = {
  name: 'breaker',
  bind: (next, env) => {
    if (env.events.has('breaker.opened')) {
      env.events.emit('breaker.opened', { topic: 'orders', failureRate: 0.5 });
    }
    // @ts-expect-error the payload lacks a field
    env.events.emit('breaker.opened', { topic: 'orders' });
    return { send: next };
  },
};
