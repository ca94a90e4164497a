import { afterSilence, type Clock } from '@holdfast/core/stage';
import type { CallbackLetter } from '../letter/dead-letter.js';
import type { DescribeOptions } from '../letter/describe.js';
import type { Letter } from '../letter/letter.js';
import { Queue } from '../queue.js';
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
  private readonly waiting = new Queue<Job>();
  private running = false;
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
    if (!this.running) void this.run();
  }

  close(): Promise<void> {
    this.closed = true;
    this.refuseWaiting(closed);
    this.stopWaiting();
    return Promise.resolve();
  }

  private async run(): Promise<void> {
    this.running = true;
    await Promise.resolve(); // the user's function is not called inside a call of his own
    for (let job = this.waiting.shift(); job !== undefined; job = this.waiting.shift()) await this.call(job);
    this.running = false;
  }

  private async call({ letter, answer }: Job): Promise<void> {
    const refusal = await this.outcomeOf(letter);
    if (refusal === undefined) letter.to = 'callback';
    else letter.refusal = refusal;
    answer([letter]);
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
    for (const { letter, answer } of this.waiting.clear()) refuse([letter], code, answer);
  }
}
