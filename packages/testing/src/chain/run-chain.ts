import {
  createProducer,
  type Middleware,
  type Producer,
  type ProducerOptions,
  type ProducerStats,
} from '@holdfast/core';
import { isError } from '@holdfast/core/stage';
import { simulatedDisk } from '../disk/memory-disk.js';
import { watchingRejections } from '../conformance/stray-rejections.js';
import { fakeClock, type FakeClock } from '../env/fake-clock.js';
import { HistoryChecker } from '../history/history-checker.js';
import type { FoundRecord, HistorySummary } from '../history/history-types.js';
import { recordingLogger, type RecordingLogger } from '../env/recording-logger.js';
import { randomScript, type RandomScriptOptions } from '../scripted/random-script.js';
import { scriptedAdapter, type ScriptedAdapter } from '../scripted/scripted-adapter.js';
import type { Script } from '../scripted/step.js';
import { seededRandom, seedFrom } from '../property/seed.js';
import { Caller } from './caller.js';
import { adapterTap, dispatcherTap } from './taps.js';
import { outageScript } from './outage.js';
import { Reconciler } from './reconciler.js';
import { scheduleOf, type Action, type Schedule, type ScheduleOptions } from './schedule.js';
import { RecordTracker } from './record-tracker.js';

/** A quantity that must stay within its bound (I7); checked after every step. */
export interface Bound {
  readonly what: string;
  readonly value: number;
  readonly max: number;
}

export interface ChainOptions {
  /** Makes the middleware of one run, outermost first. */
  readonly use: () => readonly Middleware[];
  /** Default: `HOLDFAST_SEED`, else a new one. Every failure names it. */
  readonly seed?: number;
  /** The actions to run. Default: drawn from the seed. */
  readonly schedule?: Schedule;
  /** Options for drawing the schedule. */
  readonly generate?: ScheduleOptions;
  /**
   * What Kafka does between outages: a script, or options for `randomScript`. Default: the defaults
   * of `randomScript`.
   */
  readonly script?: Script | Omit<RandomScriptOptions, 'seed'>;
  /** More options of the producer. Default: `deliveryTimeoutMs` 10,000 and `maxBlockMs` 5,000. */
  readonly producer?: Omit<ProducerOptions<never, never>, 'adapter' | 'use' | 'env' | 'serializers'>;
  /** Headers that the middleware adds or changes on purpose. */
  readonly ignoreHeaders?: readonly string[] | true;
  /**
   * A middleware changes topic, key, value or partition on purpose. Records are then identified by
   * their deliveries: losses, duplicates and order are still checked, bytes are not. Default false.
   */
  readonly changesRecords?: boolean;
  /**
   * A middleware may report `delivered` for records that the adapter did not write, and may write
   * records of its own. A function returns what is there after the run; each such record must be in
   * it, by topic, key and value. Default false.
   */
  readonly deliversElsewhere?: boolean | (() => readonly FoundRecord[]);
  /**
   * Topics the middleware writes to by itself, such as dead letters; not compared. Default none.
   */
  readonly ignoreTopics?: readonly string[];
  /** Partitions of each topic. Default 3. */
  readonly partitions?: number;
  readonly bounds?: (stats: ProducerStats) => readonly Bound[];
}

export interface ChainReport {
  readonly seed: number;
  readonly schedule: Schedule;
  readonly history: HistoryChecker;
  readonly summary: HistorySummary;
  readonly adapter: ScriptedAdapter;
  readonly clock: FakeClock;
  readonly logger: RecordingLogger;
  /** After `close`. */
  readonly stats: ProducerStats;
}

/**
 * Runs a whole producer through a schedule, on a fake clock over a scripted adapter, and closes it.
 * Checks I1 to I7 and I10 against what was sent, reported and written; I3 only where the chain
 * keeps lanes or nothing resends. Rejects with a `HistoryError`.
 */
export async function runChain(options: ChainOptions): Promise<ChainReport> {
  const report = await recordChain(options);
  report.history.assertHistory();
  return report;
}

/** Does the same as {@link runChain}, but leaves checking `history` to the caller. */
export async function recordChain(options: ChainOptions): Promise<ChainReport> {
  const seed = options.seed ?? seedFrom();
  const schedule = options.schedule ?? scheduleOf(seed, options.generate);
  const use = options.use();
  const keeper = use.some(({ traits }) => traits?.keepsLanes);
  const lanes = keeper || !use.some(({ traits }) => traits?.resends);
  const { ignoreHeaders = [], changesRecords = false, deliversElsewhere = false } = options;
  const tracker = new RecordTracker();
  const othersWrite = changesRecords || deliversElsewhere !== false;
  const history = new HistoryChecker({
    seed,
    lanes,
    ignoreHeaders,
    changesRecords,
    othersWrite,
    idOf: tracker.idOf,
  });
  const run = new ChainRun(options, schedule, use, history, tracker);
  const stats = await run.run();
  if (keeper && run.adapter.maxInFlightPerLane > 1) {
    history.note('I3', `${run.adapter.maxInFlightPerLane} calls had records of one lane in flight at once`);
  }
  const { adapter, clock, logger } = run;
  return { seed, schedule, history, summary: history.summary(), adapter, clock, logger, stats };
}

class ChainRun {
  readonly clock = fakeClock();
  readonly logger = recordingLogger();
  readonly adapter: ScriptedAdapter;
  private readonly reconciler: Reconciler;
  private readonly between: Script;
  private producer: Producer | undefined;

  constructor(
    private readonly options: ChainOptions,
    private readonly schedule: Schedule,
    private readonly use: readonly Middleware[],
    private readonly history: HistoryChecker,
    private readonly tracker: RecordTracker,
  ) {
    this.reconciler = new Reconciler(history, tracker, options);
    const { script = {}, partitions = 3 } = options;
    this.between = isScript(script) ? script : randomScript({ ...script, seed: schedule.scriptSeed });
    this.adapter = scriptedAdapter({
      clock: this.clock,
      script: this.between,
      partitions,
      seed: schedule.scriptSeed,
    });
  }

  async run(): Promise<ProducerStats> {
    return watchingRejections(
      () => this.runAll(),
      (reason) => this.history.note('I10', `unhandled rejection: ${String(reason)}`),
    );
  }

  private async runAll(): Promise<ProducerStats> {
    const producer = await this.start();
    this.producer = producer;
    const caller = new Caller(producer, this.history);
    for (const action of this.schedule.actions) {
      await this.act(action, producer, caller);
      this.probe();
    }
    await this.close(producer);
    caller.check(this.reconciler.outcomes);
    this.reconciler.found(this.adapter);
    return producer.stats();
  }

  private async start(): Promise<Producer> {
    const { history, tracker, reconciler } = this;
    const { ignoreTopics = [], deliversElsewhere = false } = this.options;
    const top = dispatcherTap({
      history,
      tracker,
      probe: () => this.probe(),
      onOutcome: (id, outcome) => reconciler.settled(id, outcome),
      mayEndLate: ignoreTopics.length > 0 || deliversElsewhere !== false,
    });
    const producer = await createProducer({
      deliveryTimeoutMs: 10_000,
      maxBlockMs: 5_000,
      onUndeliverable: () => undefined,
      ...this.options.producer,
      adapter: this.adapter,
      use: [top, ...this.use, adapterTap({ history, tracker })],
      env: {
        clock: this.clock,
        logger: this.logger,
        random: seededRandom(this.schedule.scriptSeed),
        disk: simulatedDisk({ seed: this.schedule.scriptSeed }),
      },
    });
    producer.on('violation', ({ stage, message }) =>
      this.history.note('I6', `the stage '${stage}' ${message}`),
    );
    producer.on('callbackError', ({ error }) =>
      this.history.note('I10', `a callback threw: ${String(error)}`),
    );
    producer.on('failed', ({ record, outcome }) => reconciler.failed(tracker.idOfRecord(record), outcome));
    return producer;
  }

  private async act(action: Action, producer: Producer, caller: Caller): Promise<void> {
    switch (action.do) {
      case 'send':
        return caller.send(action.record, action.via);
      case 'sendBatch':
        return caller.sendBatch(action.records);
      case 'advance':
        return this.move(() => this.clock.advance(action.ms));
      case 'flush':
        // A timeout is legitimate during an outage.
        producer.flush({ timeoutMs: action.timeoutMs }).catch(() => undefined);
        return this.move(() => this.clock.runSoon());
      case 'outage':
        this.adapter.script = outageScript(action.kind, this.schedule.scriptSeed);
        return;
      case 'recover':
        this.adapter.script = this.between;
    }
  }

  private async close(producer: Producer): Promise<void> {
    try {
      await this.clock.until(producer.close({ timeoutMs: this.schedule.closeTimeoutMs }));
    } catch (error) {
      this.history.note('I6', `close rejected: ${messageOf(error)}`);
    }
    await this.move(() => this.clock.runSoon());
    const left = this.clock.pending - this.adapter.lateWrites;
    if (left > 0) this.history.note('I6', `${left} timers are left after close; cancel them in close`);
    await this.move(async () => void (await this.clock.runAll()));
    this.probe();
  }

  /** An error thrown by a callback would end a real process. */
  private async move(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.history.note(
        'I10',
        `at ${this.clock.now()} ms a callback threw into the event loop: ${messageOf(error)}`,
      );
    }
  }

  private probe(): void {
    const stats = this.producer?.stats();
    if (stats === undefined) return;
    this.history.conserved(stats, `at ${this.clock.now()} ms`);
    for (const { what, value, max } of this.options.bounds?.(stats) ?? [])
      this.history.bounded(what, value, max);
  }
}

const isScript = (script: Script | Omit<RandomScriptOptions, 'seed'>): script is Script =>
  typeof script === 'function' || Array.isArray(script);

const messageOf = (error: unknown): string => (isError(error) ? error.message : String(error));
