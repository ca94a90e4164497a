import type { Circuit } from './circuit.js';
import type { CircuitScope } from './options.js';

/** About 10 MB of circuits. */
export const mostCircuits = 10_000;

/** So many are looked at to forget one: with all of them failing, making a new one must not take ever longer. */
const mostLooks = 8;

/** The name of the circuit that a record belongs to. '/' stands in no topic's name, so no two places share one. */
export function circuitName(scope: CircuitScope, topic: string, partition: number | undefined): string {
  if (scope === 'cluster') return 'cluster';
  return scope === 'topic' || partition === undefined ? topic : `${topic}/${partition}`;
}

/**
 * The circuits of one producer, made when they are first needed. Beyond `limit` the longest unused that is closed and without
 * a failure is forgotten; where none of the few oldest is, the oldest of them.
 */
export class Circuits {
  private readonly byName = new Map<string, Circuit>();

  constructor(
    private readonly make: (name: string) => Circuit,
    private readonly limit = mostCircuits,
  ) {}

  get size(): number {
    return this.byName.size;
  }

  all(): Iterable<Circuit> {
    return this.byName.values();
  }

  peek(name: string): Circuit | undefined {
    return this.byName.get(name);
  }

  get(name: string): Circuit {
    const known = this.byName.get(name);
    if (known === undefined) {
      const circuit = this.make(name);
      this.byName.set(name, circuit);
      if (this.byName.size > this.limit) this.forgetOne(circuit);
      return circuit;
    }
    // As long as half is free, the order of use need not be known.
    if (this.byName.size > this.limit / 2) this.toTheEnd(known);
    return known;
  }

  private forgetOne(made: Circuit): void {
    let oldest: Circuit | undefined;
    let looks = 0;
    for (const circuit of this.byName.values()) {
      if (circuit === made || looks++ >= mostLooks) break;
      if (circuit.isClean || circuit.state === 'isolated') return void this.byName.delete(circuit.name);
      oldest ??= circuit;
      this.toTheEnd(circuit);
    }
    if (oldest !== undefined) this.byName.delete(oldest.name);
  }

  private toTheEnd(circuit: Circuit): void {
    this.byName.delete(circuit.name);
    this.byName.set(circuit.name, circuit);
  }
}
