import { silentLogger } from '@holdfast/core';
import {
  Delivery,
  nodeDisk,
  noLane,
  SerializedRecord,
  systemClock,
  type Disk,
  type Env,
  type Settle,
  type Stage,
} from '@holdfast/core/stage';
import { journal, type JournalOptions } from '@holdfast/journal';
import { testEnv } from '@holdfast/testing';

const gibi = 1024 ** 3;
const key = Buffer.from('key-0001');
const stored = { status: 'delivered', topic: 'sink', partition: 0, offset: 1, timestamp: 1 } as const;

/** Sends through the stage as core does: all batches settle through the same `settle`. */
class BenchJournal {
  private left = 0;
  private done = (): void => undefined;
  private readonly settle: Settle = (settled) => {
    const wrong = settled.find(({ outcome }) => outcome?.status !== 'accepted');
    if (wrong !== undefined) throw new Error(`not accepted: ${JSON.stringify(wrong.outcome)}`);
    this.left -= settled.length;
    if (this.left === 0) this.done();
  };

  constructor(
    readonly stage: Stage,
    private readonly delivers: boolean,
  ) {}

  /** Sends batches as fast as the journal takes them. Resolves when all records are durable. */
  async appendAll(batches: number, size: number, value: Buffer): Promise<void> {
    const durable = this.expect(batches * size);
    for (let i = 0; i < batches; i++) {
      await this.stage.ready?.();
      this.stage.send(makeBatch(size, value), this.settle);
      await new Promise(setImmediate);
    }
    await durable;
  }

  /** Sends one batch after the other: each waits until the one before it is durable. */
  async appendInTurn(batches: number, size: number, value: Buffer): Promise<void> {
    for (let i = 0; i < batches; i++) {
      const durable = this.expect(size);
      this.stage.send(makeBatch(size, value), this.settle);
      await durable;
    }
  }

  async close(): Promise<void> {
    await this.stage.close?.(this.delivers ? Infinity : 0);
  }

  private expect(records: number): Promise<void> {
    this.left = records;
    return new Promise((resolve) => (this.done = resolve));
  }
}

export interface BenchJournalOptions extends Partial<JournalOptions> {
  readonly directory: string;
  /** True: everything is delivered at once below; false: nothing goes down, as in an outage. */
  readonly delivers: boolean;
  readonly disk?: Disk;
}

/** The stage alone, on the real disk, which answers when a record is durable. */
export async function openBenchJournal({
  delivers,
  disk = nodeDisk,
  ...options
}: BenchJournalOptions): Promise<BenchJournal> {
  const outage = new Promise<void>(() => undefined);
  const env: Env = {
    ...testEnv(),
    clock: systemClock,
    random: Math.random,
    logger: silentLogger,
    disk,
    ready: () => (delivers ? undefined : outage),
    undelivered: () => undefined,
  };
  const stage = journal({ acknowledge: 'journaled', maxBytes: 32 * gibi, ...options }).bind(deliver, env);
  await stage.start?.(new AbortController().signal);
  return new BenchJournal(stage, delivers);
}

function deliver(batch: Delivery[], settle: Settle): void {
  setImmediate(() => {
    for (const delivery of batch) delivery.outcome = stored;
    settle(batch);
  });
}

function makeBatch(records: number, value: Buffer): Delivery[] {
  const now = Math.trunc(performance.now());
  const timestamp = Date.now();
  return Array.from({ length: records }, () => {
    const record = new SerializedRecord('orders', key, value, undefined, undefined, timestamp);
    return new Delivery(record, noLane, now, Infinity, undefined);
  });
}
