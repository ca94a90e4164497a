import { isPromise } from 'node:util/types';
import type { Outcome, ProducerRecord } from '@holdfast/core';
import { isError, type Delivery, type Settle, type Stage } from '@holdfast/core/stage';
import { createDelivery } from '../values/create-delivery.js';
import type { SimulatedDisk } from '../disk/simulated-disk.js';
import { fakeClock, type FakeClock } from '../env/fake-clock.js';
import { testEnv, type TestEnv } from '../env/test-env.js';
import { Ledger } from './ledger.js';
import { failedForNow } from './outcomes.js';
import { Problems } from '../conformance/problems.js';
import type { MiddlewareSubject } from './subject.js';

/** A call of `next`, for the case to settle. */
export interface NextCall {
  readonly number: number;
  readonly batch: readonly Delivery[];
  /** Settles these deliveries, each with its outcome. */
  readonly answer: (
    deliveries: readonly Delivery[],
    outcome: (delivery: Delivery) => Outcome | undefined,
  ) => void;
}

export interface BenchOptions {
  /** The stage below. */
  readonly below: (call: NextCall) => void;
  /** Empties arrays that the stage has passed on, as their new owner may do. Default false. */
  readonly consume?: boolean;
  readonly clock?: FakeClock;
  readonly create?: MiddlewareSubject['create'];
  /** The deliveries' timeout, ms; a function is given the delivery's number. Default 120,000. */
  readonly deliveryTimeoutMs?: number | ((number: number) => number);
  /** Implements `env.ready()`. Default: always room. */
  readonly ready?: () => Promise<void> | undefined;
  /** Default: an empty disk. */
  readonly disk?: SimulatedDisk;
}

export interface GiveOptions {
  /** Default: four keys in turn. */
  readonly key?: string | null;
  /** Default: its number. */
  readonly value?: string;
  readonly settle?: Settle;
}

export const defaultMaxHoldMs = 600_000;

/** A stage that has thrown so often will not stop. */
const mostThrown = 1_000;

/** A stage between a caller and a stage below, with checks of all calls. */
export class StageBench {
  readonly problems: Problems;
  readonly ledger: Ledger;
  readonly env: TestEnv;
  readonly clock: FakeClock;
  readonly stage: Stage;
  readonly traits;
  /** Number of calls of `next`. */
  calls = 0;
  /** All given deliveries, in order. */
  readonly given: Delivery[] = [];
  private readonly numbers = new WeakMap<Delivery, number>();
  private made = 0;
  private thrown = 0;
  private readonly handedOver: {
    readonly array: readonly Delivery[];
    readonly copy: readonly Delivery[];
    readonly how: string;
  }[] = [];

  constructor(
    private readonly subject: MiddlewareSubject,
    private readonly options: BenchOptions,
  ) {
    this.clock = options.clock ?? fakeClock();
    this.problems = new Problems(subject.name);
    const { ready, disk } = options;
    this.env = testEnv({ clock: this.clock, seed: 1, ...(ready && { ready }), ...(disk && { disk }) });
    const middleware = (options.create ?? subject.create)();
    this.traits = middleware.traits ?? {};
    this.ledger = new Ledger(this.problems, {
      answersOnAcceptance: this.mayAccept,
      deliversElsewhere: (subject.features?.deliversElsewhere ?? false) !== false,
    });
    this.stage = middleware.bind((batch, settle) => this.next(batch, settle), this.env);
  }

  private get mayAccept(): boolean {
    return this.traits.answers === 'acceptance' || (this.traits.acceptsAfterMs ?? Infinity) < Infinity;
  }

  async start(): Promise<void> {
    await this.safely('rejected from start', async () => this.stage.start?.(new AbortController().signal));
  }

  /** The same where it may reject; resolves with whether it succeeded. */
  async starts(): Promise<boolean> {
    return succeeds(() =>
      this.clock.until(Promise.resolve(this.stage.start?.(new AbortController().signal))),
    );
  }

  /** Gives the stage one batch. */
  give(count: number, { key, value, settle = this.settle() }: GiveOptions = {}): Delivery[] {
    const batch = Array.from({ length: count }, () => this.delivery(key, value));
    this.giveThese([...batch], settle);
    return batch;
  }

  giveThese(batch: Delivery[], settle: Settle): void {
    this.ledger.given(batch, settle);
    this.given.push(...batch);
    const copy = [...batch];
    try {
      const result: unknown = this.stage.send(batch, settle);
      if (isPromise(result)) result.catch((error: unknown) => this.threw('rejected from send', error));
    } catch (error) {
      this.threw('threw from send', error);
    }
    for (const delivery of copy) this.ledger.checkUnchanged(delivery);
  }

  /**
   * Returns the delivery's index among all given ones; for a fork, that of the record with its
   * value.
   */
  numberOf(delivery: Delivery): number {
    return this.numbers.get(delivery) ?? Number(Buffer.from(delivery.record.value ?? []).toString());
  }

  /** Returns a `settle` of the caller. */
  settle(): Settle {
    const settle: Settle = (batch) => {
      this.ledger.settled(batch, settle);
      this.handOver(batch, 'settled');
    };
    return settle;
  }

  /** Advances time until nothing more can settle, or by `ms`. */
  async drain(ms = this.subject.features?.maxHoldMs ?? defaultMaxHoldMs): Promise<void> {
    const until = this.clock.now() + ms;
    let before = this.thrown;
    do {
      before = this.thrown;
      await this.move(() => this.clock.runWhile(() => this.ledger.open > 0, until - this.clock.now()));
    } while (this.thrown > before && this.thrown < mostThrown); // the clock stops when a callback throws
    this.checkArrays();
  }

  /** Drains, then reports deliveries that are not settled although all results have come. */
  async finish(): Promise<readonly string[]> {
    await this.drain();
    this.reportHeld('never settled a delivery');
    return this.problems.list();
  }

  /** Runs `close` to its end; core allows a stage one more second after the deadline. */
  async close(ms: number): Promise<void> {
    const deadline = this.clock.now() + ms;
    await this.safely('rejected from close', async () => {
      await this.clock.until(Promise.resolve(this.stage.close?.(deadline)), ms + 1_000);
    });
  }

  /** The same where it may reject. */
  async closes(ms: number): Promise<boolean> {
    const deadline = this.clock.now() + ms;
    return succeeds(() => this.clock.until(Promise.resolve(this.stage.close?.(deadline)), ms + 1_000));
  }

  reportHeld(what: string, held: Iterable<Delivery> = this.ledger.held()): void {
    for (const delivery of held) this.problems.add(what, this.ledger.nameOf(delivery));
  }

  async move(run: () => Promise<unknown>): Promise<void> {
    await this.safely('threw from a timer or a callback', run);
  }

  async safely(what: string, run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.threw(what, error);
    }
  }

  threw(what: string, error: unknown): void {
    this.thrown++;
    this.problems.add(`${what}: ${isError(error) ? error.message : String(error)}`);
  }

  private delivery(key: string | null | undefined, value: string | undefined): Delivery {
    const number = this.made++;
    const record: ProducerRecord = {
      topic: 'orders',
      key: key === undefined ? `k${number % 4}` : key,
      value: value ?? `${number}`,
    };
    const createdAt = Math.trunc(this.clock.now());
    const { deliveryTimeoutMs: timeout = 120_000 } = this.options;
    const timeoutMs = typeof timeout === 'number' ? timeout : timeout(number);
    const delivery = createDelivery(record, { createdAt, deadline: createdAt + timeoutMs });
    this.numbers.set(delivery, number);
    return delivery;
  }

  private next(batch: Delivery[], settle: Settle): void {
    const taken = this.ledger.handOn(batch);
    this.handOver(batch, 'handed on');
    for (const delivery of taken) {
      delivery.attempts++;
      // The holder of a delivery may set its outcome long before it settles it. Until then nobody
      // may read it.
      delivery.outcome = failedForNow();
    }
    const gauged = this.env.calls.started();
    this.options.below({
      number: this.calls++,
      batch: taken,
      answer: (deliveries, outcome) => {
        const answered = deliveries.filter((one) => this.ledger.isBelow(one));
        for (const delivery of answered) {
          const result = outcome(delivery);
          this.ledger.answered(delivery, result);
          delivery.outcome = result;
        }
        try {
          if (answered.length > 0) settle(answered);
        } catch (error) {
          this.threw('threw when outcomes came back to it', error);
        }
        this.env.calls.answered(gauged);
      },
    });
  }

  private handOver(array: Delivery[], how: string): void {
    this.handedOver.push({ array, copy: [...array], how });
    if (this.options.consume) array.length = 0;
  }

  /** Whoever passes an array on must not touch it again. */
  private checkArrays(): void {
    if (this.options.consume) return;
    for (const { array, copy, how } of this.handedOver) {
      if (array.length === copy.length && array.every((one, index) => one === copy[index])) continue;
      this.problems.add(
        `changed an array after it had ${how} it; the array belongs to the callee from then on`,
      );
    }
    this.handedOver.length = 0;
  }
}

async function succeeds(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch {
    return false;
  }
}
