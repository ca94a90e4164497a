import { untilDeadline, type Clock } from '@holdfast/core/stage';

interface FlushWaiter {
  /** It waits for the records before this sequence number; `left` of them are open. */
  readonly target: number;
  left: number;
  readonly resolve: () => void;
}

/**
 * Calls of `flush` that wait until the records that were there are done with. Sequence numbers tell
 * which these are.
 */
export class FlushWaiters {
  private waiting: FlushWaiter[] = [];

  constructor(private readonly clock: Clock) {}

  /** Resolves when the `left` records before `target` are done with, or at the deadline. */
  async wait(target: number, left: number, deadline: number): Promise<void> {
    if (left === 0) return;
    let resolve = (): void => undefined;
    const done = new Promise<void>((fulfil) => (resolve = fulfil));
    const waiter = { target, left, resolve };
    this.waiting.push(waiter);
    await untilDeadline(done, deadline, this.clock);
    this.waiting = this.waiting.filter((one) => one !== waiter);
  }

  /** Notes that Kafka has the record, or that nobody will send it. */
  done(sequence: number): void {
    for (const waiter of this.waiting) if (sequence < waiter.target && --waiter.left === 0) waiter.resolve();
  }

  end(): void {
    for (const { resolve } of this.waiting) resolve();
  }
}
