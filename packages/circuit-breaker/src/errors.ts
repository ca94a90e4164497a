import { ConfigurationError, ProducerError } from '@holdfast/core';
import type { Circuit } from './controller/circuit.js';
import type { CircuitScope } from './options.js';

const stage = 'circuitBreaker';

/**
 * Long enough for an answer from Kafka, short enough that nobody waits for long once a probe has
 * succeeded.
 */
const retryWhileProbingMs = 100;

/** The error that all records of a circuit share which are refused together. */
export function circuitOpen(circuit: Circuit, retryIsolatedMs: number): ProducerError {
  const { name, lastError, since } = circuit;
  const retryAfter = retryAfterOf(circuit, retryIsolatedMs);
  const last = lastError === undefined ? '' : `; the last error was ${lastError.code}`;
  return new ProducerError(
    'CIRCUIT_OPEN',
    `not sent: circuit '${name}' is ${describeState(circuit)}, and has not been closed since ${new Date(since).toISOString()}${last}; try again in ${retryAfter} ms`,
    { retriable: true, retryAfter, cause: lastError, stage },
  );
}

export const placeWithoutTopic = (scope: CircuitScope): ProducerError =>
  new ConfigurationError(
    'INVALID_OPTIONS',
    `circuitBreaker: a place needs its topic, as the scope is '${scope}'; pass { topic: 'orders' }, or nothing for all circuits`,
    { field: 'topic', stage },
  );

function retryAfterOf(circuit: Circuit, retryIsolatedMs: number): number {
  if (circuit.state === 'isolated') return retryIsolatedMs;
  return circuit.state === 'open' ? circuit.openForMs() : retryWhileProbingMs;
}

function describeState({ state }: Circuit): string {
  if (state === 'isolated') return 'isolated until close() is called';
  return state === 'open' ? 'open' : 'half-open with probes in flight';
}
