import type { Env } from '@holdfast/core/stage';
import { Announcer } from './announcer.js';
import { Circuit, type CircuitState } from './circuit.js';
import { Circuits } from './circuits.js';
import type { Isolation } from './isolation.js';
import { openDuration } from './open-duration.js';
import type { ResolvedCircuitBreakerOptions } from './options.js';
import type { CircuitBreakerStats } from './stats.js';
import { summaryOf, worst } from './summary.js';

/** The circuits of one producer and what is done to them by hand; a name left out means all, those to come included. */
export class Controls {
  private readonly circuits = new Circuits((name) => this.make(name));
  private readonly announcer: Announcer;
  /** Until then (monotonic ms) a circuit that is made is open. */
  private allOpenUntil = 0;

  constructor(
    private readonly options: ResolvedCircuitBreakerOptions,
    private readonly isolation: Isolation,
    private readonly env: Env,
  ) {
    this.announcer = new Announcer(env);
  }

  circuit(name: string): Circuit {
    return this.circuits.get(name);
  }

  state(name: string | undefined): CircuitState {
    if (name !== undefined)
      return this.circuits.peek(name)?.state ?? this.stateOfNew(this.isolation.has(name));
    return worst(this.circuits.all(), this.stateOfNew(this.isolation.isAll));
  }

  open(name: string | undefined): void {
    if (name !== undefined) return this.circuits.get(name).open('manual');
    this.allOpenUntil = this.env.clock.now() + openDuration(this.options, 0, this.env.random);
    for (const circuit of this.circuits.all()) circuit.open('manual');
  }

  close(name: string | undefined): void {
    if (name !== undefined) return this.circuits.get(name).close();
    this.allOpenUntil = 0;
    for (const circuit of this.circuits.all()) circuit.close();
  }

  isolate(name: string | undefined): void {
    if (name !== undefined) return this.circuits.get(name).isolate();
    for (const circuit of this.circuits.all()) circuit.isolate();
  }

  stats(): Omit<CircuitBreakerStats, 'rejectedRecords'> {
    return {
      ...summaryOf(this.circuits.all()),
      circuits: this.circuits.size,
      transitions: { ...this.announcer.transitions },
    };
  }

  private make(name: string): Circuit {
    const circuit = new Circuit(name, this.options, this.env, this.announcer);
    const openMs = this.openForMs();
    if (this.isolation.has(name)) circuit.isolate();
    else if (openMs > 0) circuit.open('manual', openMs);
    return circuit;
  }

  private stateOfNew(isolated: boolean): CircuitState {
    if (isolated) return 'isolated';
    return this.openForMs() > 0 ? 'open' : 'closed';
  }

  private openForMs(): number {
    return Math.ceil(this.allOpenUntil - this.env.clock.now());
  }
}
