import type { CircuitScope } from '../options.js';

/**
 * Returns the name of the circuit that a record belongs to. No topic's name contains '/', so no two
 * places share one.
 */
export function circuitName(scope: CircuitScope, topic: string, partition: number | undefined): string {
  if (scope === 'cluster') return 'cluster';
  return scope === 'topic' || partition === undefined ? topic : `${topic}/${partition}`;
}
