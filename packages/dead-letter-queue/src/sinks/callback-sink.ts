import { AsyncWorkLoop, RingQueue } from '@holdfast/core/internal';
import { afterSilence, type Clock } from '@holdfast/core/stage';
import type { CallbackLetter } from '../letter/dead-letter.js';
import type { DescribeOptions } from '../letter/describe.js';
import type { PendingLetter } from '../letter/pending-letter.js';
import { closed, refuse, type PutCallback, type QueuedLetter, type Sink } from './sink.js';

/** Takes a dead letter by returning or resolving. A throw or a rejection refuses it. */
export type DeadLetterCallback = (letter: CallbackLetter) => void | Promise<void>;

export interface CallbackSinkOptions extends DescribeOptions {
  readonly callback: DeadLetterCallback;
  readonly callbackTimeoutMs: number;
}

/**
 * Passes dead letters to the user's callback, one at a time. While a call runs on after its
 * timeout, other letters are refused: they must not overtake it, and must not each wait for another
 * timeout.
 */
export class CallbackSink implements Sink {
  readonly name = 'callback';
  private readonly queue = new RingQueue<QueuedLetter>();
  private readonly calls = new AsyncWorkLoop(() => this.callNext());
  private isHung = false;
  private isClosed = false;
  private stopWaiting: () => void = () => undefined;

  constructor(
    private readonly options: CallbackSinkOptions,
    private readonly clock: Clock,
    private readonly userFunctionThrew: (name: string, error: unknown) => void,
  ) {}

  put(letters: readonly PendingLetter[], done: PutCallback): void {
    if (this.isClosed) return refuse(letters, closed, done);
    if (this.isHung) return refuse(letters, 'CALLBACK_TIMEOUT', done);
    for (const letter of letters) this.queue.push({ letter, done });
    void this.calls.run();
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.refuseQueued(closed);
    this.stopWaiting();
    return Promise.resolve();
  }

  private async callNext(): Promise<boolean> {
    const next = this.queue.shift();
    if (next === undefined) return false;
    const { letter, done } = next;
    const refusal = await this.deliver(letter);
    if (refusal === undefined) letter.to = 'callback';
    else letter.refusal = refusal;
    done([letter]);
    return true;
  }

  /** Resolves with the refusal; with `undefined` when the callback took the letter. */
  private async deliver(letter: PendingLetter): Promise<string | undefined> {
    const called = this.invoke(letter);
    const timeout = new Promise<'late'>((resolve) => {
      const timer = afterSilence(this.clock, this.options.callbackTimeoutMs, () => resolve('late'));
      this.stopWaiting = () => {
        timer.cancel();
        resolve('late');
      };
    });
    const first = await Promise.race([called, timeout]);
    this.stopWaiting();
    if (first !== 'late') return first === 'taken' ? undefined : 'CALLBACK_FAILED';
    this.isHung = true;
    void called.then(() => (this.isHung = false));
    this.refuseQueued('CALLBACK_TIMEOUT');
    return 'CALLBACK_TIMEOUT';
  }

  private async invoke(letter: PendingLetter): Promise<'taken' | 'threw'> {
    try {
      await this.options.callback({ ...letter.describe(this.options), outcome: letter.outcome });
      return 'taken';
    } catch (error) {
      this.userFunctionThrew('callback', error);
      return 'threw';
    }
  }

  private refuseQueued(code: string): void {
    for (const { letter, done } of this.queue.takeAll()) refuse([letter], code, done);
  }
}
