import { describe, expect, it } from 'vitest';
import type { Delivery } from '@holdfast/core/stage';
import { checkSeeds, createDelivery, seededRandom } from '@holdfast/testing';
import { FakeCluster, type Produced } from './fake-client.fixture.js';
import { Harness } from './harness.fixture.js';

const lanes = 6;

/**
 * Random batches, reports, faults and times. Invariants: each delivery is settled once per send,
 * `delivered` is in the topic and `failed` is not, and the first copies of a lane are in the order
 * in which they were sent. Retried as retry does it: a lane's records together, in order, while no
 * other record of the lane is in flight.
 */
class Run {
  private readonly random: () => number;
  private readonly cluster = new FakeCluster({ t: 3 });
  private readonly harness: Harness;
  /** The brokers' records, in order, by partition. */
  private readonly log: Produced[] = [];
  private readonly waiting: Delivery[][] = Array.from({ length: lanes }, () => []);
  private readonly jammed = new Set<string>();
  private readonly onTheirWay = new Set<Delivery>();
  private settled = 0;
  private sends = 0;
  private made = 0;
  readonly problems: string[] = [];

  constructor(
    seed: number,
    private readonly idempotent: boolean,
  ) {
    this.random = seededRandom(seed);
    this.harness = new Harness({
      cluster: this.cluster,
      config: { 'enable.idempotence': idempotent },
      options: { requestTimeoutMs: 1_000 },
    });
  }

  async run(): Promise<void> {
    await this.harness.connected();
    for (let step = 0; step < 120; step++) await this.step(step < 90);
    this.cluster.up = true;
    this.cluster.queueLimit = Infinity;
    for (let i = 0; i < 400 && this.left > 0; i++) await this.calmStep();
    if (this.left > 0) this.problems.push(`${this.left} never ended`);
    this.checkOrder();
  }

  private get left(): number {
    return this.waiting.reduce((sum, lane) => sum + lane.length, 0) + this.onTheirWay.size;
  }

  private async step(mayMake: boolean): Promise<void> {
    const dice = this.random();
    if (mayMake && dice < 0.3) this.make();
    if (dice < 0.5) this.send();
    else if (dice < 0.75) this.report(this.random() < 0.3);
    else if (dice < 0.8) this.cluster.queueLimit = this.random() < 0.5 ? 3 : Infinity;
    else if (dice < 0.84) this.lose();
    else if (dice < 0.86) this.cluster.clients.at(-1)?.emit('event.error', new Error('fatal error'));
    else if (dice < 0.95) await this.harness.wait(500);
    else if (dice < 0.96) this.jam();
    await this.harness.turns();
  }

  private async calmStep(): Promise<void> {
    this.send();
    await this.harness.turns();
    this.report(false);
    await this.harness.wait(250);
  }

  private lose(): void {
    this.cluster.up = !this.cluster.up;
    if (!this.cluster.up)
      this.cluster.clients.at(-1)?.emit('event.error', new Error('all broker connections are down'));
  }

  /** From now on the client delivers nothing to one of its partitions, and does not report that. */
  private jam(): void {
    const { clients, waiting } = this.cluster;
    const partition = waiting.at(-1)?.partition ?? 0;
    this.jammed.add(`${clients.length - 1}:${partition}`);
  }

  private isJammed({ by, partition }: Produced): boolean {
    return this.jammed.has(`${this.cluster.clients.indexOf(by)}:${partition}`);
  }

  private make(): void {
    for (let i = 0; i < 8; i++) {
      const lane = Math.floor(this.random() * lanes);
      const record = { topic: 't', key: `lane ${lane}`, value: `${lane}:${this.made++}` };
      this.waiting[lane]?.push(createDelivery(record, { deadline: Infinity }));
    }
  }

  /** A lane's records go together, when none of it is in flight. */
  private send(): void {
    const batch: Delivery[] = [];
    this.waiting.forEach((lane, index) => {
      if ([...this.onTheirWay].some(({ record }) => record.key?.toString() === `lane ${index}`)) return;
      batch.push(...lane.splice(0));
    });
    if (batch.length === 0) return;
    for (const delivery of batch) {
      delivery.attempts++;
      delivery.outcome = undefined;
      this.onTheirWay.add(delivery);
    }
    this.sends += batch.length;
    const again: Delivery[] = [];
    const all = new Set(batch);
    this.harness.adapter.send([...batch], (group) => {
      for (const delivery of group) {
        this.settled++;
        if (!all.delete(delivery)) this.problems.push('settled twice, or what was not sent');
        this.judge(delivery, again);
      }
      if (all.size > 0) return;
      // The batch is complete: records that are retried go back in their old order.
      for (const delivery of batch) this.onTheirWay.delete(delivery);
      const order = batch.filter((delivery) => again.includes(delivery));
      for (const delivery of order.reverse()) this.laneOf(delivery).unshift(delivery);
    });
  }

  private judge(delivery: Delivery, again: Delivery[]): void {
    const { outcome } = delivery;
    const copies = this.log.filter(({ value }) => value?.equals(delivery.record.value ?? Buffer.alloc(0)));
    if (outcome?.status === 'delivered') {
      if (copies.length === 0)
        this.problems.push(`delivered, and not there: ${String(delivery.record.value)}`);
    } else if (outcome?.status === 'failed' && delivery.attempts === 1 && copies.length > 0) {
      this.problems.push(`failed, and there all the same: ${String(delivery.record.value)}`);
    }
    if (outcome?.status === 'failed' && !outcome.error.retriable)
      this.problems.push(`given up: ${outcome.error.message}`);
    if (outcome?.status !== 'delivered') again.push(delivery);
  }

  private laneOf({ record }: Delivery): Delivery[] {
    return this.waiting[Number(record.key?.toString().slice(5))] ?? [];
  }

  /**
   * The client's own behaviour: in order within a partition; without idempotence one request may
   * fail and the next one not.
   */
  private report(mayFail: boolean): void {
    if (!this.cluster.up) return;
    if (mayFail && this.idempotent && this.random() < 0.1) return this.fallOutOfStep();
    for (const one of this.cluster.waiting) {
      if (this.isJammed(one)) continue;
      if (mayFail && !this.idempotent && this.random() < 0.5) {
        const written = this.random() < 0.5;
        if (written) this.log.push(one);
        this.cluster.report(written ? -195 : 19, [one]);
      } else {
        this.log.push(one);
        this.cluster.report(0, [one]);
      }
    }
  }

  /**
   * A broker disagrees with the client on what is written, and reports that for the first record in
   * flight.
   */
  private fallOutOfStep(): void {
    const code = [45, 47, 59][Math.floor(this.random() * 3)];
    this.cluster.report(code, this.cluster.waiting.slice(0, 1));
  }

  private checkOrder(): void {
    if (this.settled !== this.sends) this.problems.push(`${this.sends} sent and ${this.settled} settled`);
    const last = new Map<string, number>();
    const seen = new Set<string>();
    for (const { value } of this.log) {
      const [lane = '', number = ''] = (value?.toString() ?? '').split(':');
      if (seen.has(number)) continue;
      seen.add(number);
      if ((last.get(lane) ?? -1) > Number(number))
        this.problems.push(`lane ${lane}: ${number} came too late`);
      last.set(lane, Number(number));
    }
    this.checkDuplicates();
    if (seen.size !== this.made) this.problems.push(`${this.made} made and ${seen.size} there`);
  }

  /** An idempotent client writes nothing twice while it lives, and is given nothing twice. */
  private checkDuplicates(): void {
    if (!this.idempotent) return;
    for (const client of this.cluster.clients) {
      const values = this.log.filter(({ by }) => by === client).map(({ value }) => value?.toString());
      if (new Set(values).size < values.length) this.problems.push('one client was given a record twice');
    }
  }
}

describe.each([
  ['an idempotent client', true],
  ['a client without idempotence', false],
])('whatever happens to %s', (_, idempotent) => {
  it('loses nothing, settles nothing twice and keeps the order', async () => {
    const check = async (seed: number): Promise<void> => {
      const run = new Run(seed, idempotent);
      await run.run();
      expect(run.problems.slice(0, 5)).toEqual([]);
    };
    await checkSeeds(check, { runs: 40 });
  });
});
