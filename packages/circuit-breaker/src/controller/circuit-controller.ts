import type { Env } from '@holdfast/core/stage';
import type { ResolvedCircuitBreakerOptions } from '../options.js';
import type { CircuitBreakerStats } from '../stats.js';
import { Circuit, type CircuitState } from './circuit.js';
import { CircuitRegistry } from './circuit-registry.js';
import { CircuitTelemetry } from './circuit-telemetry.js';
import type { Isolation } from './isolation.js';
import { openDuration } from './open-duration.js';
import { summaryOf, worst } from './state-summary.js';

/**
 * Controls the circuits of one producer by hand. Without a name a call acts on all circuits,
 * including future ones.
 */
export class CircuitController {
  private readonly circuits = new CircuitRegistry((name) => this.create(name));
  private readonly telemetry: CircuitTelemetry;
  /** A circuit that is created before this time is open until then, monotonic ms. */
  private allOpenUntil = 0;

  constructor(
    private readonly options: ResolvedCircuitBreakerOptions,
    private readonly isolation: Isolation,
    private readonly env: Env,
  ) {
    this.telemetry = new CircuitTelemetry(env);
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
      transitions: { ...this.telemetry.transitions },
    };
  }

  private create(name: string): Circuit {
    const circuit = new Circuit(name, this.options, this.env, this.telemetry);
    const openMs = this.allOpenForMs();
    if (this.isolation.has(name)) circuit.isolate();
    else if (openMs > 0) circuit.open('manual', openMs);
    return circuit;
  }

  private stateOfNew(isIsolated: boolean): CircuitState {
    if (isIsolated) return 'isolated';
    return this.allOpenForMs() > 0 ? 'open' : 'closed';
  }

  private allOpenForMs(): number {
    return Math.ceil(this.allOpenUntil - this.env.clock.now());
  }
}
