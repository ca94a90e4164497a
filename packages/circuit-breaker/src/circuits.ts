import type { Circuit } from './circuit.js';
import type { CircuitScope } from './options.js';

/** About 6 MB of circuits. */
export const mostCircuits = 10_000;

/** The name of the circuit that a record belongs to. '/' stands in no topic's name, so no two places share one. */
export function circuitName(scope: CircuitScope, topic: string, partition: number | undefined): string {
  if (scope === 'cluster') return 'cluster';
  return scope === 'topic' || partition === undefined ? topic : `${topic}/${partition}`;
}

/**
 * The circuits of one producer, made when they are first needed. Beyond `limit`, a tenth is forgotten at once: the longest unused
 * of those that are closed and without a failure and, if they are too few, of the others.
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
      if (this.byName.size >= this.limit) this.forgetSome();
      const circuit = this.make(name);
      this.byName.set(name, circuit);
      return circuit;
    }
    // As long as half is free, the order of use need not be known.
    if (this.byName.size > this.limit / 2) this.toTheEnd(known);
    return known;
  }

  private forgetSome(): void {
    const most = this.limit - Math.max(1, Math.floor(this.limit / 10));
    // What is isolated is made anew as isolated.
    this.forget(most, (circuit) => circuit.isClean || circuit.state === 'isolated');
    this.forget(most, () => true);
  }

  private forget(most: number, isFree: (circuit: Circuit) => boolean): void {
    for (const circuit of this.byName.values()) {
      if (this.byName.size <= most) return;
      if (isFree(circuit)) this.byName.delete(circuit.name);
    }
  }

  private toTheEnd(circuit: Circuit): void {
    this.byName.delete(circuit.name);
    this.byName.set(circuit.name, circuit);
  }
}
