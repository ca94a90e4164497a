import { ProducerError, type Adapter, type Outcome, type ProducerRecord } from '@holdfast/core';
import {
  systemClock,
  type BaseEnv,
  type Clock,
  type Delivery,
  type Settle,
  isError,
} from '@holdfast/core/stage';
import { createDelivery } from '../values/create-delivery.js';
import { HistoryChecker } from '../history/history-checker.js';
import type { FoundRecord } from '../history/history-types.js';
import { bytesKey, idOfBytes } from '../history/identity.js';
import { Problems } from '../conformance/problems.js';
import { changed, nameOf, snapshotOf, type Snapshot } from '../conformance/snapshot.js';
import { testEnv } from '../env/test-env.js';
import type { AdapterSubject } from './adapter-subject.js';
import { wrongOutcome } from './wrong-outcome.js';

interface Account {
  open: boolean;
  readonly before: Snapshot;
}

const anHour = 3_600_000;

let runs = 0;

/** One adapter, everything that it settles watched. */
export class AdapterBench {
  readonly problems: Problems;
  readonly adapter: Adapter;
  readonly clock: Clock;
  /** Begins each value, so that what other runs have written is told apart. */
  readonly mark = `${process.pid.toString(36)}-${(runs++).toString(36)}/`;
  private readonly env: BaseEnv;
  private readonly events: string[] = [];
  private readonly accounts = new Map<Delivery, Account>();
  private readonly history = new HistoryChecker({ lanes: false });
  private readonly ids = new Map<Delivery, string>();
  private insideSend = false;
  private told: (() => void)[] = [];

  constructor(readonly subject: AdapterSubject) {
    this.problems = new Problems(subject.name);
    this.clock = subject.clock ?? systemClock;
    const env = testEnv();
    for (const event of ['connected', 'disconnected'] as const)
      env.events.on(event, () => void this.events.push(event));
    this.env = { ...env, clock: this.clock };
    this.adapter = subject.create();
  }

  get timeoutMs(): number {
    return this.subject.timeoutMs ?? 30_000;
  }

  /** Records of the subject's topic, each with a value of its own. */
  records(count: number, more: Partial<ProducerRecord> = {}): ProducerRecord[] {
    const { topic } = this.subject;
    return Array.from({ length: count }, (_, i) => ({
      topic,
      key: `k${i % 5}`,
      value: `${this.mark}${i}`,
      timestamp: this.clock.wallTime() - anHour - i,
      ...more,
    }));
  }

  async connect(): Promise<void> {
    await this.within('connect', this.adapter.connect(this.env, new AbortController().signal));
  }

  /** Answers whether the first try got through. */
  async connects(): Promise<boolean> {
    try {
      await this.wait(this.adapter.connect(this.env, new AbortController().signal));
      return true;
    } catch {
      return false;
    }
  }

  /** Waits for an event of the adapter's; false when it does not come in time. */
  async heard(event: 'connected' | 'disconnected'): Promise<boolean> {
    const until = this.clock.now() + this.timeoutMs;
    while (!this.events.includes(event) && this.clock.now() < until) await this.pause(50);
    return this.events.includes(event);
  }

  forgetEvents(): void {
    this.events.length = 0;
  }

  isOpen(delivery: Delivery): boolean {
    return this.accounts.get(delivery)?.open ?? false;
  }

  deliveries(records: readonly ProducerRecord[], timeoutMs = 120_000): Delivery[] {
    return records.map((record) => {
      const createdAt = Math.trunc(this.clock.now());
      // As the dispatcher does: some clients treat 0 as no timestamp.
      const stamped = { timestamp: this.clock.wallTime(), ...record };
      const delivery = createDelivery(stamped, { createdAt, deadline: createdAt + timeoutMs });
      if (this.isMine(record)) this.ids.set(delivery, this.history.sent(record));
      return delivery;
    });
  }

  /** Hands one batch over. */
  send(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      const id = this.ids.get(delivery);
      if (id !== undefined && delivery.outcome?.status === 'delivered') this.history.recovered(id);
      this.accounts.set(delivery, { open: true, before: snapshotOf(delivery) });
      delivery.attempts++;
      delivery.outcome = undefined;
    }
    this.insideSend = true;
    try {
      this.adapter.send([...deliveries], this.settle);
    } catch (error) {
      this.problems.add(`threw from send, which must settle instead: ${messageOf(error)}`);
    }
    this.insideSend = false;
  }

  /** Sends until each is delivered or failed for good, as retry would, and waits. */
  async deliver(records: readonly ProducerRecord[]): Promise<Delivery[]> {
    const all = this.deliveries(records);
    const until = this.clock.now() + this.timeoutMs;
    for (let left = all; left.length > 0 && this.clock.now() < until; left = left.filter(mayBeTriedAgain)) {
      this.send(left);
      await this.settled(left);
      for (const { record, outcome } of left) this.history.attempt(record, outcome);
      if (left.some(mayBeTriedAgain)) await this.pause(100);
    }
    return all;
  }

  /** The same, and each must be delivered. */
  async mustDeliver(records: readonly ProducerRecord[]): Promise<Delivery[]> {
    const all = await this.deliver(records);
    for (const delivery of all) {
      const { outcome } = delivery;
      if (outcome === undefined || outcome.status === 'delivered') continue;
      const why = 'error' in outcome ? `: ${outcome.error.code}, ${outcome.error.message}` : '';
      this.problems.add(
        `did not deliver a record to a cluster that is up ('${outcome.status}'${why})`,
        nameOf(delivery),
      );
    }
    return all;
  }

  /** Waits until these are settled, and reports those that are not in time. */
  async settled(deliveries: readonly Delivery[]): Promise<void> {
    const open = (): Delivery[] => deliveries.filter((one) => this.accounts.get(one)?.open);
    await this.wait(
      new Promise((resolve) => {
        const look = (): void => (open().length === 0 ? resolve() : void this.told.push(look));
        look();
      }),
    ).catch(() => undefined);
    for (const delivery of open()) this.problems.add('never settled a delivery', nameOf(delivery));
  }

  /** Disconnects, lets what is late come, and reads back what is in the topic. */
  async finish(): Promise<readonly string[]> {
    await this.disconnect(this.timeoutMs);
    await this.turns();
    this.reportOpen('has not settled a delivery at the end of disconnect');
    if (this.subject.read !== undefined) await this.readBack(this.subject.read);
    return this.problems.list();
  }

  async disconnect(ms: number): Promise<void> {
    await this.within('disconnect', this.adapter.disconnect(this.clock.now() + ms), ms + this.timeoutMs);
  }

  reportOpen(what: string): void {
    for (const [delivery, { open }] of this.accounts) if (open) this.problems.add(what, nameOf(delivery));
  }

  /** Awaits a promise of the adapter's, and reports how it failed. */
  async within(what: string, promise: Promise<void>, ms = this.timeoutMs): Promise<void> {
    await this.wait(promise, ms).catch((error: unknown) =>
      this.problems.add(`${what} failed: ${messageOf(error)}`),
    );
  }

  async turns(): Promise<void> {
    if (this.subject.clock !== undefined) return this.subject.clock.runSoon();
    for (let i = 0; i < 10; i++) await new Promise<void>((resolve) => void setImmediate(resolve));
  }

  private readonly settle: Settle = (batch) => {
    for (const delivery of batch) {
      const account = this.accounts.get(delivery);
      if (account === undefined)
        this.problems.add('settled a delivery that it was never given', nameOf(delivery));
      else this.settleOne(delivery, account);
    }
    for (const look of this.told.splice(0)) look();
  };

  private settleOne(delivery: Delivery, account: Account): void {
    if (this.insideSend) {
      this.problems.add('settled a delivery inside send; an adapter settles always later', nameOf(delivery));
    }
    if (!account.open) this.problems.add('settled a delivery twice', nameOf(delivery));
    account.open = false;
    const fields = changed(account.before, snapshotOf(delivery));
    if (fields.length > 0) {
      this.problems.add(
        `changed a record (${fields.join(', ')}); it may be tried again, so hand the client a copy`,
        nameOf(delivery),
      );
    }
    const { outcome } = delivery;
    const wrong =
      outcome === undefined
        ? 'settled a delivery without an outcome; set delivery.outcome before'
        : wrongOutcome(delivery, outcome, this.adapter.capabilities, this.subject);
    if (wrong !== undefined) this.problems.add(wrong, nameOf(delivery));
  }

  private isMine({ key, value }: Pick<ProducerRecord, 'key' | 'value'>): boolean {
    const begin = bytesKey(this.mark);
    return bytesKey(key).startsWith(begin) || bytesKey(value).startsWith(begin);
  }

  private async readBack(read: NonNullable<AdapterSubject['read']>): Promise<void> {
    for (const [{ outcome }, id] of this.ids) if (outcome !== undefined) this.history.outcome(id, outcome);
    const found = (await read()).filter((record) => this.isMine(record));
    this.checkTimestamps(found);
    this.history.found(found);
    for (const { invariant, message } of this.history.check())
      this.problems.add(`breaks ${invariant}`, message);
  }

  /** What is stored says when the record was sent, and not when the client got it. */
  private checkTimestamps(found: readonly FoundRecord[]): void {
    if (this.subject.features?.brokerTimestamps) return;
    const stored = new Map(found.map((record) => [idOfBytes(record), record]));
    for (const delivery of this.ids.keys()) {
      const record = stored.get(idOfBytes(delivery.record));
      if (record?.timestamp === undefined || record.timestamp === delivery.record.timestamp) continue;
      this.problems.add(
        `stored the timestamp ${record.timestamp} in place of the record's own, ${delivery.record.timestamp}`,
        nameOf(delivery),
      );
    }
  }

  pause(ms: number): Promise<void> {
    return this.wait(new Promise((resolve) => void this.clock.after(ms, resolve)), ms + this.timeoutMs);
  }

  private async wait(promise: Promise<void>, ms = this.timeoutMs): Promise<void> {
    if (this.subject.clock !== undefined) return this.subject.clock.until(promise, ms);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done after ${ms} ms`)), ms);
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

const mayBeTriedAgain = ({ outcome }: Delivery): boolean => isRetriable(outcome);

const isRetriable = (outcome: Outcome | undefined): boolean =>
  (outcome?.status === 'failed' || outcome?.status === 'unknown') &&
  ProducerError.is(outcome.error) &&
  outcome.error.retriable;

const messageOf = (error: unknown): string => (isError(error) ? error.message : String(error));
