import type { Adapter } from './adapter.js';
import { adapterTarget } from './adapter-boundary.js';
import { Boundary } from './boundary.js';
import { CallGauge } from './call-gauge.js';
import type { BaseEnv, Env } from './env.js';
import type { Guard } from './guard.js';
import { runInTurn, type Step } from './life-cycle.js';
import type { Middleware, Send, Stage, StageStats } from './middleware.js';

/** How long a stage may take after the deadline to settle what it still holds. */
const settleGraceMs = 1_000;

interface Bound {
  readonly name: string;
  readonly stage: Stage;
}

/** The middleware and the adapter, bound into one `send`, with their life cycle. */
export class Chain {
  readonly send: Send;
  /** Outermost first, the adapter last; a delivery's `depth` is an index here. */
  readonly names: readonly string[];
  private readonly stages: readonly Bound[];
  private readonly boundaries: readonly Boundary[];
  private readonly topReady: (() => Promise<void> | undefined) | undefined;

  constructor(
    use: readonly Middleware[],
    private readonly adapter: Adapter,
    private readonly env: BaseEnv,
    guard: Guard | undefined,
  ) {
    this.names = ['the producer', ...use.map(({ name }) => name), adapter.name];
    const calls = new CallGauge(env.clock);
    let boundary = new Boundary(adapter.name, use.length + 1, adapterTarget(adapter, env, calls), undefined, guard);
    const boundaries = [boundary];
    const stages: Bound[] = [];
    let nearestReady: (() => Promise<void> | undefined) | undefined;
    for (const [index, middleware] of [...use.entries()].reverse()) {
      const readyBelow = nearestReady;
      const stageEnv: Env = { ...env, calls, ready: () => readyBelow?.() };
      const stage = middleware.bind(boundary.enter, stageEnv);
      if (stage.ready !== undefined) nearestReady = () => stage.ready?.();
      boundary = new Boundary(middleware.name, index + 1, stage, boundary, guard);
      boundaries.unshift(boundary);
      stages.unshift({ name: middleware.name, stage });
    }
    this.send = boundary.enter;
    this.stages = stages;
    this.boundaries = boundaries;
    this.topReady = nearestReady;
  }

  /** `undefined` when the outermost stage that queues can take more, else a promise for when it can. */
  ready(): Promise<void> | undefined {
    return this.topReady?.();
  }

  /** From the adapter to the edge. A broker is waited for only when `requireBroker`. */
  async start(signal: AbortSignal, requireBroker: boolean): Promise<void> {
    const connected = this.adapter.connect(this.env, signal);
    if (requireBroker) await connected;
    else connected.catch(() => undefined); // the adapter goes on trying and says so by itself
    for (const { stage } of [...this.stages].reverse()) await stage.start?.(signal);
  }

  /** From the edge to the adapter, one after the other. */
  async flush(deadline: number): Promise<void> {
    for (const { stage } of this.stages) await stage.flush?.(deadline);
    await this.adapter.flush(deadline);
  }

  /** From the edge to the adapter; what a stage still holds at the deadline it settles. Answers with the errors. */
  async close(deadline: number): Promise<Error[]> {
    const steps: Step[] = this.stages.map(({ name, stage }) => ({
      name,
      run: () => stage.close?.(deadline),
    }));
    steps.push({ name: this.adapter.name, run: () => this.adapter.disconnect(deadline) });
    const errors = await runInTurn(steps, deadline, settleGraceMs, this.env.clock);
    for (const boundary of this.boundaries) boundary.closed = true;
    return errors;
  }

  stats(): { readonly [stage: string]: StageStats } {
    const all: { [stage: string]: StageStats } = {};
    for (const { name, stage } of this.stages) if (stage.stats !== undefined) all[name] = stage.stats();
    if (this.adapter.stats !== undefined) all[this.adapter.name] = this.adapter.stats();
    return all;
  }
}
