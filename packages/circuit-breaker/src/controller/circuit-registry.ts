import type { Circuit } from './circuit.js';

/** About 6 MB of circuits. */
export const maxCircuits = 10_000;

/**
 * The circuits of one producer, each made when it is first needed. At `limit`, a tenth of them is
 * forgotten at once: the longest unused of those that are closed and without a failure and, if they
 * are too few, of the others.
 */
export class CircuitRegistry {
  private readonly byName = new Map<string, Circuit>();

  constructor(
    private readonly create: (name: string) => Circuit,
    private readonly limit = maxCircuits,
  ) {}

  get size(): number {
    return this.byName.size;
  }

  all(): Iterable<Circuit> {
    return this.byName.values();
  }

  /** Returns the circuit if it exists, without counting that as a use. */
  peek(name: string): Circuit | undefined {
    return this.byName.get(name);
  }

  /** Returns the circuit, and creates it if it does not exist. */
  get(name: string): Circuit {
    const known = this.byName.get(name);
    if (known === undefined) {
      if (this.byName.size >= this.limit) this.forgetSome();
      const circuit = this.create(name);
      this.byName.set(name, circuit);
      return circuit;
    }
    // As long as half is free, the order of use need not be known.
    if (this.byName.size > this.limit / 2) this.moveToEnd(known);
    return known;
  }

  private forgetSome(): void {
    const toKeep = this.limit - Math.max(1, Math.floor(this.limit / 10));
    // An isolated circuit is made anew as isolated.
    this.forget(toKeep, (circuit) => circuit.isClean || circuit.state === 'isolated');
    this.forget(toKeep, () => true);
  }

  private forget(toKeep: number, mayForget: (circuit: Circuit) => boolean): void {
    for (const circuit of this.byName.values()) {
      if (this.byName.size <= toKeep) return;
      if (mayForget(circuit)) this.byName.delete(circuit.name);
    }
  }

  private moveToEnd(circuit: Circuit): void {
    this.byName.delete(circuit.name);
    this.byName.set(circuit.name, circuit);
  }
}
