import { simulatedDisk, type CrashKeep, type DiskFaultEffect, type DiskOperation } from '@holdfast/testing';
import type { SimulatedDisk } from '@holdfast/testing';
import { recordsOf } from '../src/format/frame.js';
import { recover } from '../src/open/recovery.js';
import { encryptionWith, Model, ModelProcess, type Answer, type Kafka } from './model.fixture.js';
import { directory } from './world.fixture.js';

/** One thing that happens to a journal. */
export type Step =
  | { readonly append: number; readonly bytes: number }
  | { readonly answer: Answer; readonly lanes: number; readonly most: number }
  | { readonly kafka: Kafka }
  | { readonly advance: number }
  | {
      readonly fault: DiskFaultEffect;
      readonly operation?: DiskOperation | undefined;
      readonly call: number;
      readonly lasts: boolean;
    }
  /** Bytes that the disk has beyond what it holds now. */
  | { readonly full: number }
  | { readonly heal: true }
  | {
      readonly end: 'kill' | 'crash' | 'close';
      readonly keep: CrashKeep;
      readonly seed: number;
      readonly key: number;
    };

export interface Setup {
  readonly acknowledge: 'delivered' | 'journaled';
  readonly fsync: 'always' | 'interval' | 'never';
  readonly whenFull: 'block' | 'reject' | 'bypass';
  readonly encrypted: boolean;
  readonly maxInFlightRecords: number;
  readonly maxBytes: number;
  readonly deadlineMs: number;
  /** For a journal that waits for delivery. Default: never. */
  readonly acceptAfterMs?: number;
  /** How many topics the lanes belong to. */
  readonly topics?: number;
}

/** Longer than the journal waits before it writes ranges that no record carries. */
const idleMs = 200;
const segmentBytes = 16 * 1024;
/** Longer than it waits before it tries a failed disk again. */
const healedMs = 10_000;

/**
 * Runs the steps, then lets everything recover and drain. Throws when an invariant does not hold.
 */
export async function runModel(setup: Setup, steps: readonly Step[]): Promise<void> {
  const run = new Run(setup);
  await run.start();
  for (const step of steps) {
    await run.take(step);
    if (run.isDead) await run.end({ end: 'crash', keep: 'random', seed: 1, key: 0 });
    run.look();
  }
  await run.finish();
}

export class Run {
  private readonly model = new Model();
  private disk: SimulatedDisk = simulatedDisk({ seed: 7 });
  process: ModelProcess;
  private readonly safe = new Set<string>();
  private key = 0;
  /** The disk of this process has failed somehow. */
  private faulty = false;
  private capped = false;
  /**
   * Bytes that this process found. A power loss brings back removed files, so there may be too
   * many.
   */
  private found = 0;
  /**
   * This process found so much that it may have no place for an acknowledgement until a segment is
   * done.
   */
  private crowded = false;

  constructor(private readonly setup: Setup) {
    this.process = this.newProcess();
  }

  get isDead(): boolean {
    return this.disk.dead;
  }

  private newProcess(): ModelProcess {
    const { deadlineMs, acceptAfterMs = Infinity, topics, encrypted, ...options } = this.setup;
    const journal = {
      ...options,
      ...(options.acknowledge === 'delivered' && { acceptAfterMs }),
      segmentBytes,
      // A crash is not damage.
      corruption: 'strict' as const,
      ...(encrypted ? { encryption: encryptionWith(this.key) } : {}),
    };
    return new ModelProcess(this.model, this.disk, journal, deadlineMs, topics);
  }

  async start(): Promise<void> {
    this.faulty = false;
    this.found = this.disk.files().reduce((sum, path) => sum + this.disk.readFile(path).length, 0);
    this.crowded = this.found + 2 * segmentBytes > this.setup.maxBytes;
    if (this.crowded) this.forgetSafe();
    this.process = this.newProcess();
    await this.process.start();
  }

  async take(step: Step): Promise<void> {
    const { process, disk } = this;
    if ('append' in step) process.append(step.append, step.bytes);
    else if ('answer' in step) process.answer(step.answer, step.lanes, step.most);
    else if ('kafka' in step) process.turn(step.kafka);
    else if ('advance' in step) await this.advance(step.advance);
    else if ('fault' in step) {
      const { fault, operation, call, lasts } = step;
      this.faulty = true;
      const place = { call, ...(operation === undefined ? {} : { operation }) };
      if (lasts) disk.faults.every(place, fault);
      else disk.faults.at(place, fault);
    } else if ('full' in step) {
      this.capped = true;
      this.forgetSafe();
      disk.capacityBytes = disk.usedBytes + step.full;
    } else if ('heal' in step) this.heal();
    else await this.end(step);
  }

  private heal(): void {
    this.disk.faults.clear();
    this.disk.capacityBytes = Infinity;
    this.capped = false;
  }

  private async advance(ms: number): Promise<void> {
    await this.process.clock.advance(ms);
    const { process } = this;
    const isQuiet = process.clock.now() - process.finishedAt >= idleMs && ms >= idleMs;
    if (isQuiet && !this.faulty && !this.capped && process.stat('state') !== 'stalled') this.noteSafe();
  }

  /** All outcomes are on disk: no start will send these records again. */
  private noteSafe(): void {
    if (this.setup.fsync === 'always' && !this.crowded)
      for (const id of this.process.finished) this.safe.add(id);
  }

  /** Without space, a segment with ranges of others may be overwritten to go on at all. */
  private forgetSafe(): void {
    for (const id of this.safe) this.model.mayRepeat.add(id);
    this.safe.clear();
  }

  look(): void {
    const { process, setup, model } = this;
    for (const violation of model.violations) throw violation;
    const bytes = Number(process.stat('diskBytes'));
    if (bytes > Math.max(setup.maxBytes, this.found))
      throw new Error(`the journal takes ${bytes} bytes of ${setup.maxBytes}`);
    const held = process.outcomes.size;
    if (held > model.sent.size) throw new Error('more was settled than was sent');
  }

  async end({ end, keep, seed, key }: Extract<Step, { readonly end: string }>): Promise<void> {
    const { process, disk, model } = this;
    if (end === 'close' && !disk.dead) await this.close();
    for (const id of process.touched) if (!this.safe.has(id)) model.mayRepeat.add(id);
    const left = end === 'crash' ? disk.crash({ keep, seed }) : disk.kill({ keep, seed });
    left.capacityBytes = Infinity;
    this.capped = false;
    this.key = key;
    await this.checkLeft(left, end === 'crash');
    this.disk = left;
    await this.start();
  }

  private async close(): Promise<void> {
    const { process, disk } = this;
    const closing = Promise.resolve(process.stage.close?.(process.clock.now() + 1_000));
    closing.catch(() => undefined);
    try {
      await process.clock.until(closing, 60_000);
    } catch (error) {
      if (!this.faulty && !this.capped && !disk.dead) throw error;
      return;
    }
    if (disk.dead) return;
    const open = process.unsettled();
    if (open.length > 0) throw new Error(`closed, and ${open.join()} have no outcome`);
    if (!this.faulty && !this.capped) this.noteSafe();
  }

  /**
   * What a next start would send includes all that is owed, and nothing that was rejected; twice
   * the same.
   */
  private async checkLeft(left: SimulatedDisk, lostPower: boolean): Promise<void> {
    const { model, setup } = this;
    const live = await this.liveIn(left.fork());
    const again = await this.liveIn(left.fork());
    if (live.join() !== again.join()) throw new Error('a second look finds something else');
    const found = new Set(live);
    for (const id of live) {
      if (model.refused.has(id)) throw new Error(`${id} was refused, and is in the journal`);
      if (this.safe.has(id))
        throw new Error(`${id} is in the journal although its acknowledgement was durable`);
    }
    for (const id of model.owed()) {
      if (found.has(id)) continue;
      if (!lostPower || setup.fsync === 'always') throw new Error(`${id} was acknowledged and is lost`);
      model.givenUp.add(id);
    }
  }

  private async liveIn(disk: SimulatedDisk): Promise<string[]> {
    const ids: [number, string][] = [];
    const keys = [0, 1, 2].map((index) => encryptionWith(index));
    const { segments } = await recover({
      disk,
      directory,
      keys,
      corruption: 'strict',
      mode: 'read',
      onFrame: (frame) => {
        for (const [sequence, { value }] of recordsOf(frame))
          ids.push([
            sequence,
            Buffer.from(value ?? [])
              .toString()
              .split(' ')[0] ?? '',
          ]);
      },
    });
    const isLive = (sequence: number): boolean =>
      segments.some((one) => one.holds(sequence) && !one.isAcknowledged(sequence));
    return ids.filter(([sequence]) => isLive(sequence)).map(([, id]) => id);
  }

  /** The disk and Kafka work from now on. */
  async finish(): Promise<void> {
    const { model } = this;
    this.heal();
    this.process.turn('up');
    await this.process.clock.advance(healedMs);
    if (this.isDead) {
      await this.end({ end: 'crash', keep: 'random', seed: 1, key: 0 });
      this.process.turn('up');
      await this.process.clock.advance(healedMs);
    }
    await this.drain();
    await this.process.clock.advance(healedMs);
    await this.probe();
    await this.drain();
    await this.end({ end: 'close', keep: 'all', seed: 1, key: 0 });
    if (this.process.stat('backlogRecords') !== 0 && !this.setup.encrypted)
      throw new Error('closed, and left a backlog');
    this.process.turn('up');
    await this.drain();
    this.look();
    const owed = model.owed();
    if (owed.length > 0) throw new Error(`${owed.join()} were acknowledged and are lost`);
    await this.end({ end: 'close', keep: 'all', seed: 1, key: 0 });
  }

  private async drain(): Promise<void> {
    await this.process.clock.runWhile(() => Number(this.process.stat('backlogRecords')) > 0, 600_000);
    this.look();
    const left = Number(this.process.stat('backlogRecords'));
    if (left !== 0) throw new Error(`${left} records are left of a backlog that should have drained`);
  }

  /** A journal that works takes a record and delivers it. */
  private async probe(): Promise<void> {
    const ids = this.process.append(1, 10);
    if (ids.length === 0) throw new Error('there is no room, and nothing is in the journal');
    await this.process.clock.advance(1_000);
    for (const id of ids) {
      const status = this.process.outcomes.get(id)?.status;
      if (status !== 'delivered' && status !== 'accepted')
        throw new Error(`all is well, and a record is ${status ?? 'not settled'}`);
    }
  }
}
