import { untilDeadline, type Clock } from '@holdfast/core/stage';

interface Flush {
  /** It waits for the records before this sequence number, so many of which are left. */
  readonly target: number;
  left: number;
  readonly done: () => void;
}

/** Calls of `flush` that wait until the records that were there are done with. */
export class Flushes {
  private waiting: Flush[] = [];

  constructor(private readonly clock: Clock) {}

  /** Resolves when `left` of the records before `target` are done, or at the deadline. */
  async wait(target: number, left: number, deadline: number): Promise<void> {
    if (left === 0) return;
    let done = (): void => undefined;
    const all = new Promise<void>((resolve) => (done = resolve));
    const flush = { target, left, done };
    this.waiting.push(flush);
    await untilDeadline(all, deadline, this.clock);
    this.waiting = this.waiting.filter((one) => one !== flush);
  }

  /** The record is with Kafka, or nobody will send it. */
  pass(sequence: number): void {
    for (const flush of this.waiting) if (sequence < flush.target && --flush.left === 0) flush.done();
  }

  end(): void {
    for (const { done } of this.waiting) done();
  }
}
