import { ProducerError, type Middleware } from '@holdfast/core';
import { readOptions } from '@holdfast/core/stage';
import type { CircuitState } from './circuit.js';
import { circuitName } from './circuits.js';
import { Isolation } from './isolation.js';
import { resolveOptions, type CircuitBreakerOptions, type CircuitScope } from './options.js';
import { BreakerStage } from './stage.js';
import { worst } from './summary.js';

/**
 * Names a circuit, as far as the scope needs it: nothing for `'cluster'`; `topic` for `'topic'`; for `'partition'` both, where
 * `topic` alone means the circuit of the topic's records that ask for no partition.
 */
export interface CircuitPlace {
  readonly topic?: string;
  readonly partition?: number;
}

/**
 * The middleware, and the way to its circuits by hand. Each producer that it is bound to has circuits of its own: what is done
 * by hand is done in all of them, and a state is the worst of theirs. A `place` without the topic that the scope needs is
 * refused with `INVALID_OPTIONS`.
 */
export interface CircuitBreaker extends Middleware {
  /** What the next record would meet. Without a place: the worst of all circuits, those to come included. */
  state(place?: CircuitPlace): CircuitState;
  /** Opens as a failure would: for its open duration, then half-open. Without a place: all, and those made in that time. */
  open(place?: CircuitPlace): void;
  /** Closes, and forgets its failures. Without a place: all; isolations, those of circuits to come included, end. */
  close(place?: CircuitPlace): void;
  /** Lets nothing through until `close`. Without a place: all, those to come included. */
  isolate(place?: CircuitPlace): void;
}

/**
 * Stops sending to a cluster or topic that fails, and tries with a few records, now and then, whether it is back. What is not
 * sent fails at once with `CIRCUIT_OPEN` and `retryAfter`. Stands below retry, right above the client.
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const resolved = readOptions('circuitBreaker', () => resolveOptions(options));
  const isolation = new Isolation();
  const stages = new Set<BreakerStage>();
  const nameOf = (place: CircuitPlace | undefined): string | undefined => nameOfPlace(resolved.scope, place);
  return {
    name: 'circuitBreaker',
    traits: { needsDeliveryResults: true },
    bind(next, env) {
      const stage = new BreakerStage(resolved, isolation, next, env, (closed) => stages.delete(closed));
      stages.add(stage);
      return stage;
    },
    state(place) {
      const name = nameOf(place);
      const states = Array.from(stages, ({ controls }) => ({ state: controls.state(name) }));
      const isolated = name === undefined ? isolation.isAll : isolation.has(name);
      return worst(states, isolated ? 'isolated' : 'closed');
    },
    open(place) {
      const name = nameOf(place);
      for (const { controls } of stages) controls.open(name);
    },
    close(place) {
      const name = nameOf(place);
      isolation.set(name, false);
      for (const { controls } of stages) controls.close(name);
    },
    isolate(place) {
      const name = nameOf(place);
      isolation.set(name, true);
      for (const { controls } of stages) controls.isolate(name);
    },
  };
}

function nameOfPlace(scope: CircuitScope, place: CircuitPlace | undefined): string | undefined {
  if (place === undefined) return undefined;
  if (scope === 'cluster') return circuitName(scope, '', undefined);
  if (typeof place.topic === 'string') return circuitName(scope, place.topic, place.partition);
  throw new ProducerError(
    'INVALID_OPTIONS',
    `circuitBreaker: a place needs its topic, as the scope is '${scope}'; give { topic: 'orders' }, or nothing for all circuits`,
    { field: 'topic', stage: 'circuitBreaker' },
  );
}
