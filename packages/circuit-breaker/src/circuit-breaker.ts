import type { Middleware } from '@holdfast/core';
import { readOptions } from '@holdfast/core/stage';
import type { CircuitState } from './controller/circuit.js';
import { circuitName } from './controller/circuit-name.js';
import { Isolation } from './controller/isolation.js';
import { resolveOptions, type CircuitBreakerOptions, type CircuitScope } from './options.js';
import { worst } from './controller/state-summary.js';
import { placeWithoutTopic } from './errors.js';
import { CircuitBreakerStage } from './stage.js';

/**
 * Names a circuit. The scope `'cluster'` needs no field, `'topic'` needs `topic`, and `'partition'`
 * needs both; there, `topic` alone means the circuit of the topic's records that request no
 * partition.
 */
export interface CircuitPlace {
  readonly topic?: string;
  readonly partition?: number;
}

/**
 * The middleware, and the manual control of its circuits. Each producer that it is bound to has
 * circuits of its own: a call acts on those of all producers, and a state is the worst of theirs. A
 * `place` without the topic that the scope needs is refused with `INVALID_OPTIONS`.
 */
export interface CircuitBreaker extends Middleware {
  /**
   * Returns the state that the next record would meet. Without a place: the worst of all circuits,
   * including future ones.
   */
  state(place?: CircuitPlace): CircuitState;
  /**
   * Opens as a failure would, for the open duration. Without a place: all circuits, including those
   * created meanwhile.
   */
  open(place?: CircuitPlace): void;
  /**
   * Closes and forgets the failures. Without a place: all circuits; also ends the isolation of
   * future ones.
   */
  close(place?: CircuitPlace): void;
  /** Lets nothing through until `close`. Without a place: all circuits, including future ones. */
  isolate(place?: CircuitPlace): void;
}

/**
 * Stops sending to a cluster or topic that fails, and probes it with a few records from time to
 * time. Records that are not sent fail at once with `CIRCUIT_OPEN` and a `retryAfter`. Place it
 * below retry, directly above the adapter.
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const resolved = readOptions('circuitBreaker', () => resolveOptions(options));
  const isolation = new Isolation();
  const stages = new Set<CircuitBreakerStage>();
  const nameOf = (place: CircuitPlace | undefined): string | undefined => nameOfPlace(resolved.scope, place);
  return {
    name: 'circuitBreaker',
    traits: { needsDeliveryResults: true },
    bind(next, env) {
      const stage = new CircuitBreakerStage(resolved, isolation, next, env, (closed) =>
        stages.delete(closed),
      );
      stages.add(stage);
      return stage;
    },
    state(place) {
      const name = nameOf(place);
      const states = Array.from(stages, ({ controller }) => ({ state: controller.state(name) }));
      const isolated = name === undefined ? isolation.isAll : isolation.has(name);
      return worst(states, isolated ? 'isolated' : 'closed');
    },
    open(place) {
      const name = nameOf(place);
      for (const { controller } of stages) controller.open(name);
    },
    close(place) {
      const name = nameOf(place);
      isolation.set(name, false);
      for (const { controller } of stages) controller.close(name);
    },
    isolate(place) {
      const name = nameOf(place);
      isolation.set(name, true);
      for (const { controller } of stages) controller.isolate(name);
    },
  };
}

function nameOfPlace(scope: CircuitScope, place: CircuitPlace | undefined): string | undefined {
  if (place === undefined) return undefined;
  if (scope === 'cluster') return circuitName(scope, '', undefined);
  if (typeof place.topic === 'string') return circuitName(scope, place.topic, place.partition);
  throw placeWithoutTopic(scope);
}
