import type { Failed, Unknown } from '@holdfast/core';
import { plainAnswer } from '@holdfast/core/internal';
import { fork, SerializedRecord, type Delivery, type Env, type Send } from '@holdfast/core/stage';
import type { DescribeOptions } from '../letter/describe.js';
import { toHeaders } from '../format/topic-headers.js';
import type { Letter } from '../letter/pending-letter.js';
import type { Answer, Sink } from './sink.js';

/** Which topic takes a record: its name, a suffix to the record's own topic, or a choice; `undefined`: none. */
export type TopicChoice =
  | string
  | { readonly suffix: string }
  | ((record: SerializedRecord, outcome: Failed | Unknown) => string | undefined);

export interface TopicSinkOptions extends DescribeOptions {
  readonly topic: TopicChoice;
  readonly topicTimeoutMs: number;
}

// As core judges a record's topic.
const legalTopic = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;

/**
 * Sends dead letters down the same chain, as deliveries of its own: buffered, in order and tried again as any record. What fails of
 * them comes back here and is never dead-lettered again.
 */
export class TopicSink implements Sink {
  readonly name = 'topic';

  constructor(
    private readonly options: TopicSinkOptions,
    private readonly next: Send,
    private readonly env: Env,
    /** Hears what the user's function threw. */
    private readonly threw: (what: string, error: unknown) => void,
  ) {}

  take(letters: readonly Letter[], answer: Answer): void {
    const refused: Letter[] = [];
    const forks = new Map<Delivery, Letter>();
    const deadline = this.env.clock.now() + this.options.topicTimeoutMs;
    const timestamp = this.env.clock.wallTime();
    for (const letter of letters) {
      const topic = this.topicFor(letter);
      if (topic === undefined) refused.push(letter);
      else forks.set(this.delivery(letter, topic, timestamp, deadline), letter);
    }
    if (refused.length > 0) answer(refused);
    if (forks.size > 0) this.next([...forks.keys()], (settled) => answer(answered(settled, forks)));
  }

  private delivery(letter: Letter, topic: string, timestamp: number, deadline: number): Delivery {
    const { key, value } = letter.delivery.record;
    const headers = toHeaders(letter.describe(this.options));
    // The partition stays open: the topic may have fewer, and the key leads to the same one each time.
    return fork(
      letter.delivery,
      new SerializedRecord(topic, key, value, headers, undefined, timestamp),
      deadline,
    );
  }

  /** `undefined`: none, and the letter says why. */
  private topicFor(letter: Letter): string | undefined {
    const { record } = letter.delivery;
    // Another topic would refuse it as well: it would be larger still.
    if (letter.outcome.error.code === 'RECORD_TOO_LARGE') return void (letter.refusal = 'RECORD_TOO_LARGE');
    const topic = this.choose(letter);
    if (topic === undefined) return void (letter.refusal = 'NO_TOPIC');
    if (!legalTopic.test(topic)) return void (letter.refusal = 'INVALID_TOPIC');
    // What cannot be written to the dead-letter topic is not going there by another way.
    return topic === record.topic ? void (letter.refusal = 'DEAD_LETTER_TOPIC') : topic;
  }

  private choose({ delivery: { record }, outcome }: Letter): string | undefined {
    const { topic } = this.options;
    if (typeof topic === 'string') return topic;
    if (typeof topic !== 'function') {
      return record.topic.endsWith(topic.suffix) ? record.topic : record.topic + topic.suffix;
    }
    try {
      const chosen: unknown = plainAnswer('topic', topic(record, outcome));
      if (chosen === undefined || typeof chosen === 'string') return chosen;
      throw new TypeError('topic of deadLetterQueue must return a string or undefined');
    } catch (error) {
      this.threw('topic', error);
      return undefined;
    }
  }
}

function answered(settled: readonly Delivery[], forks: ReadonlyMap<Delivery, Letter>): Letter[] {
  const letters: Letter[] = [];
  for (const delivery of settled) {
    const letter = forks.get(delivery);
    if (letter === undefined) continue;
    const { outcome } = delivery;
    if (outcome?.status === 'failed' || outcome?.status === 'unknown') letter.refusal = outcome.error.code;
    else letter.to = `topic:${delivery.record.topic}`;
    letters.push(letter);
  }
  return letters;
}
