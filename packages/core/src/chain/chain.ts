import { ConfigurationError } from '../contract/configuration-error.js';
import type { AttemptStats, StageStats } from '../contract/stats.js';
import { containedClock } from '../kit/contained-env.js';
import type { Adapter } from '../contract/adapter.js';
import { adapterTarget } from './adapter-boundary.js';
import { AttemptCounts } from './attempt-counts.js';
import { Boundary } from './boundary.js';
import { CallGauge } from './call-gauge.js';
import type { BaseEnv, Env } from '../contract/env.js';
import { ProducerError } from '../contract/error.js';
import { runInTurn, runStep, type Step } from './life-cycle.js';
import type { Middleware, Send, Stage } from '../contract/middleware.js';
import type { StatsOfStages } from '../contract/stats.js';
import type { ReportViolation } from './violations.js';
import { waitedReporter } from './waited.js';

/** How long a stage may take after the deadline to settle what it still holds, ms. */
const settleGraceMs = 1_000;

type Ready = () => Promise<void> | undefined;

/** A stage or the adapter, as `flush` and `close` see it. */
interface Link {
  readonly name: string;
  flush(deadline: number): Promise<void> | void;
  close(deadline: number): Promise<void> | void;
  kept?(): number;
  stats?(): StageStats;
}

/** What a stage may request of the producer, or report to it. */
export type Upward = Pick<Env, 'stats' | 'undelivered'>;

/** Binds the middleware and the adapter into one `send`, and runs their life cycle. */
export class Chain {
  readonly send: Send;
  /** Returns `undefined` while the outermost stage that queues has room, else a promise of room. */
  readonly ready: Ready;
  /** True when a stage queues, so that {@link ready} can return a promise. */
  readonly queues: boolean;
  /** Outermost first, the adapter last; a delivery's `depth` is an index into it. */
  readonly names: readonly string[];
  readonly attempts: () => AttemptStats;
  private readonly stages: readonly Stage[];
  private readonly links: readonly Link[];
  private readonly boundaries: readonly Boundary[];
  private readonly adapterEnv: BaseEnv;

  constructor(
    use: readonly Middleware[],
    private readonly adapter: Adapter,
    private readonly env: BaseEnv,
    private readonly report: ReportViolation,
    { stats, undelivered }: Upward,
  ) {
    this.names = ['the producer', ...use.map(({ name }) => name), adapter.name];
    this.adapterEnv = this.envOf(adapter.name);
    const calls = new CallGauge(env.clock);
    const counts = new AttemptCounts();
    const end = adapterTarget(adapter, this.adapterEnv, calls, counts);
    const waited = waitedReporter(env.events, env.clock);
    const last = new Boundary(adapter.name, use.length + 1, end, undefined, report, waited);
    let boundary = last;
    const boundaries = [boundary];
    const stages: Stage[] = [];
    const links = [linkOfAdapter(adapter)];
    let ready: Ready = () => undefined;
    for (const [index, middleware] of [...use.entries()].reverse()) {
      const { name } = middleware;
      const stage = bind(middleware, boundary.enter, {
        ...this.envOf(name),
        calls,
        ready,
        stats,
        undelivered,
      });
      ready = this.readyOf(name, stage) ?? ready;
      boundary = new Boundary(name, index + 1, stage, boundary, report, waited);
      boundaries.unshift(boundary);
      stages.unshift(stage);
      links.unshift(linkOf(name, stage));
    }
    this.attempts = () => ({
      ...counts.stats(),
      inFlightRecords: last.inside,
      oldestInFlightMs: calls.oldestMs(),
    });
    this.send = boundary.enter;
    this.ready = ready;
    this.queues = stages.some((stage) => stage.ready !== undefined);
    this.stages = stages;
    this.links = links;
    this.boundaries = boundaries;
  }

  /**
   * Starts the adapter first, the outermost stage last. Waits for a broker only when
   * `requireBroker`.
   */
  async start(signal: AbortSignal, requireBroker: boolean): Promise<void> {
    const connected = Promise.resolve(this.adapter.connect(this.adapterEnv, signal));
    if (requireBroker) await connected;
    else connected.catch(() => undefined); // the adapter goes on trying, and reports that itself
    for (const [index, stage] of [...this.stages.entries()].reverse()) {
      try {
        await stage.start?.(signal);
      } catch (cause) {
        throw stageFailed(this.names[index + 1] ?? '', 'start', cause);
      }
    }
  }

  /** Flushes each stage in turn, the outermost first. Resolves with the errors. */
  async flush(deadline: number): Promise<Error[]> {
    const errors: Error[] = [];
    for (const link of this.links) {
      // Stages below may be closing by then; the caller's own timer reports the deadline.
      if (this.env.clock.now() >= deadline) break;
      const step = { name: link.name, run: () => link.flush(deadline) };
      const error = await runStep(step, deadline, this.env.clock);
      if (error !== undefined) errors.push(error);
    }
    return errors;
  }

  /**
   * Closes each stage in turn, the outermost first; a stage settles at the deadline what it still
   * holds. Resolves with the errors.
   */
  async close(deadline: number): Promise<Error[]> {
    const steps = this.links.map((link): Step => ({ name: link.name, run: () => link.close(deadline) }));
    const errors = await runInTurn(steps, deadline, settleGraceMs, this.env.clock);
    for (const boundary of this.boundaries) boundary.closed = true;
    return errors;
  }

  /** Returns, after `close`, the stages that resume records at their next start, and how many. */
  kept(): { readonly name: string; readonly records: number }[] {
    return this.links.flatMap((link) => {
      try {
        const records = link.kept?.() ?? 0;
        return records > 0 ? [{ name: link.name, records }] : [];
      } catch (error) {
        this.report(link.name, 'threw from kept', error);
        return [];
      }
    });
  }

  stats(): StatsOfStages {
    const all: { [stage: string]: StageStats } = {};
    for (const [index, link] of this.links.entries()) {
      const name = link.name in all ? `${link.name}#${index + 1}` : link.name;
      try {
        const stats = link.stats?.();
        if (stats !== undefined) all[name] = stats;
      } catch (error) {
        this.report(link.name, 'threw from stats', error);
      }
    }
    return all;
  }

  private envOf(name: string): BaseEnv {
    const clock = containedClock(this.env.clock, (error) => this.report(name, 'threw in a timer', error));
    return { ...this.env, clock };
  }

  private readyOf(name: string, stage: Stage): Ready | undefined {
    if (stage.ready === undefined) return undefined;
    return () => {
      try {
        const room = stage.ready?.();
        room?.catch(() => undefined); // a caller may look whether there is room and drop the promise
        return room;
      } catch (error) {
        this.report(name, 'threw from ready', error);
        return undefined;
      }
    };
  }
}

function bind(middleware: Middleware, next: Send, env: Env): Stage {
  const stage = bound(middleware, next, env);
  if (isStage(stage)) return stage;
  const problem = `'${middleware.name}' is no middleware: bind(next, env) must return a stage, { send(batch, settle) { … } }`;
  throw new ConfigurationError('INVALID_CHAIN', problem, { stage: middleware.name, problems: [problem] });
}

function bound(middleware: Middleware, next: Send, env: Env): unknown {
  try {
    return middleware.bind(next, env);
  } catch (cause) {
    throw stageFailed(middleware.name, 'bind', cause);
  }
}

/** Keeps an error of ours as it is, wrong options for instance; wraps any other. */
function stageFailed(stage: string, method: string, cause: unknown): ProducerError {
  if (ProducerError.is(cause)) return cause;
  return new ProducerError(
    'STAGE_FAILED',
    `the stage '${stage}' threw from ${method}; 'cause' has its error`,
    {
      cause,
      stage,
    },
  );
}

const isStage = (stage: unknown): stage is Stage =>
  typeof stage === 'object' && stage !== null && 'send' in stage && typeof stage.send === 'function';

const linkOf = (name: string, stage: Stage): Link => ({
  name,
  flush: (deadline) => stage.flush?.(deadline),
  close: (deadline) => stage.close?.(deadline),
  kept: () => stage.kept?.() ?? 0,
  ...(stage.stats === undefined ? {} : { stats: () => stage.stats?.() ?? {} }),
});

const linkOfAdapter = (adapter: Adapter): Link => ({
  name: adapter.name,
  flush: (deadline) => adapter.flush(deadline),
  close: (deadline) => adapter.disconnect(deadline),
  ...(adapter.stats === undefined ? {} : { stats: () => adapter.stats?.() ?? {} }),
});
