import { ProducerError } from '@holdfast/core';
import type { Circuit } from './circuit.js';

/** Long enough for an answer of Kafka's, short enough that nobody waits for long once a probe has succeeded. */
const whileProbingMs = 100;

/** The one error of all records of a circuit that are refused together. */
export function refusal(circuit: Circuit, isolatedRetryMs: number): ProducerError {
  const { name, lastError, since } = circuit;
  const retryAfter = retryAfterOf(circuit, isolatedRetryMs);
  const last = lastError === undefined ? '' : `; the last error was ${lastError.code}`;
  return new ProducerError(
    'CIRCUIT_OPEN',
    `not sent: circuit '${name}' is ${words(circuit)}, and has not been closed since ${new Date(since).toISOString()}${last}; try again in ${retryAfter} ms`,
    { retriable: true, retryAfter, cause: lastError, stage: 'circuitBreaker' },
  );
}

function retryAfterOf(circuit: Circuit, isolatedRetryMs: number): number {
  if (circuit.state === 'isolated') return isolatedRetryMs;
  return circuit.state === 'open' ? circuit.opensInMs() : whileProbingMs;
}

function words({ state }: Circuit): string {
  if (state === 'isolated') return 'isolated until close() is called';
  return state === 'open' ? 'open' : 'half-open, and its probes are still out';
}
