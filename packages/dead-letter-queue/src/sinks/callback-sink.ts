import { AsyncWorkLoop, RingQueue } from '@holdfast/core/internal';
import { afterSilence, type Clock } from '@holdfast/core/stage';
import type { CallbackLetter } from '../letter/dead-letter.js';
import type { DescribeOptions } from '../letter/describe.js';
import type { Letter } from '../letter/pending-letter.js';
import { closed, refuse, type Answer, type Sink } from './sink.js';

export type DeadLetterCallback = (letter: CallbackLetter) => void | Promise<void>;

export interface CallbackSinkOptions extends DescribeOptions {
  readonly callback: DeadLetterCallback;
  readonly callbackTimeoutMs: number;
}

interface Job {
  readonly letter: Letter;
  readonly answer: Answer;
}

/**
 * Hands dead letters to the user, one at a time. While a call that has timed out goes on, the others are refused: they shall neither
 * overtake it nor wait for it each in turn.
 */
export class CallbackSink implements Sink {
  readonly name = 'callback';
  private readonly waiting = new RingQueue<Job>();
  private readonly calls = new AsyncWorkLoop(() => this.callNext());
  private hung = false;
  private closed = false;
  private stopWaiting: () => void = () => undefined;

  constructor(
    private readonly options: CallbackSinkOptions,
    private readonly clock: Clock,
    private readonly threw: (what: string, error: unknown) => void,
  ) {}

  take(letters: readonly Letter[], answer: Answer): void {
    if (this.closed) return refuse(letters, closed, answer);
    if (this.hung) return refuse(letters, 'CALLBACK_TIMEOUT', answer);
    for (const letter of letters) this.waiting.push({ letter, answer });
    void this.calls.run();
  }

  close(): Promise<void> {
    this.closed = true;
    this.refuseWaiting(closed);
    this.stopWaiting();
    return Promise.resolve();
  }

  private async callNext(): Promise<boolean> {
    const job = this.waiting.shift();
    if (job === undefined) return false;
    const { letter, answer } = job;
    const refusal = await this.outcomeOf(letter);
    if (refusal === undefined) letter.to = 'callback';
    else letter.refusal = refusal;
    answer([letter]);
    return true;
  }

  /** `undefined`: the callback took it. */
  private async outcomeOf(letter: Letter): Promise<string | undefined> {
    const called = this.invoke(letter);
    const late = new Promise<'late'>((resolve) => {
      const timer = afterSilence(this.clock, this.options.callbackTimeoutMs, () => resolve('late'));
      this.stopWaiting = () => {
        timer.cancel();
        resolve('late');
      };
    });
    const first = await Promise.race([called, late]);
    this.stopWaiting();
    if (first !== 'late') return first === 'taken' ? undefined : 'CALLBACK_FAILED';
    this.hung = true;
    void called.then(() => (this.hung = false));
    this.refuseWaiting('CALLBACK_TIMEOUT');
    return 'CALLBACK_TIMEOUT';
  }

  private async invoke(letter: Letter): Promise<'taken' | 'threw'> {
    try {
      await this.options.callback({ ...letter.describe(this.options), outcome: letter.outcome });
      return 'taken';
    } catch (error) {
      this.threw('callback', error);
      return 'threw';
    }
  }

  private refuseWaiting(code: string): void {
    for (const { letter, answer } of this.waiting.takeAll()) refuse([letter], code, answer);
  }
}
