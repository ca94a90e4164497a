import type { Failed, Unknown } from '@holdfast/core';
import { synchronousResult } from '@holdfast/core/internal';
import { fork, SerializedRecord, type Delivery, type Env, type Send } from '@holdfast/core/stage';
import { wrongTopicChoice } from '../errors.js';
import { encodeHeaders } from '../format/topic-headers.js';
import type { DescribeOptions } from '../letter/describe.js';
import type { PendingLetter } from '../letter/pending-letter.js';
import type { PutCallback, Sink } from './sink.js';

/**
 * The topic for a record: its name, a suffix to the record's own topic, or a function that returns
 * its name, or `undefined` for none.
 */
export type TopicChoice =
  | string
  | { readonly suffix: string }
  | ((record: SerializedRecord, outcome: Failed | Unknown) => string | undefined);

export interface TopicSinkOptions extends DescribeOptions {
  readonly topic: TopicChoice;
  readonly topicTimeoutMs: number;
}

// The same rule as core's for the topic of a record.
const legalTopic = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;

/**
 * Sends dead letters down the same chain as deliveries of its own, so they are buffered, ordered
 * and retried like any record. A dead letter that fails comes back here and is never dead-lettered
 * again.
 */
export class TopicSink implements Sink {
  readonly name = 'topic';

  constructor(
    private readonly options: TopicSinkOptions,
    private readonly next: Send,
    private readonly env: Env,
    private readonly userFunctionThrew: (name: string, error: unknown) => void,
  ) {}

  put(letters: readonly PendingLetter[], done: PutCallback): void {
    const refused: PendingLetter[] = [];
    const forks = new Map<Delivery, PendingLetter>();
    const deadline = this.env.clock.now() + this.options.topicTimeoutMs;
    const timestamp = this.env.clock.wallTime();
    for (const letter of letters) {
      const topic = this.topicFor(letter);
      if (topic === undefined) refused.push(letter);
      else forks.set(this.fork(letter, topic, timestamp, deadline), letter);
    }
    if (refused.length > 0) done(refused);
    if (forks.size > 0) this.next([...forks.keys()], (settled) => done(withResults(settled, forks)));
  }

  private fork(letter: PendingLetter, topic: string, timestamp: number, deadline: number): Delivery {
    const { key, value } = letter.delivery.record;
    const headers = encodeHeaders(letter.describe(this.options));
    // No partition: the topic may have fewer, and the key always leads to the same one.
    return fork(
      letter.delivery,
      new SerializedRecord(topic, key, value, headers, undefined, timestamp),
      deadline,
    );
  }

  /** Returns `undefined` when there is none, and sets the refusal of the letter. */
  private topicFor(letter: PendingLetter): string | undefined {
    const { record } = letter.delivery;
    // Another topic would refuse it as well: with our headers it is larger still.
    if (letter.outcome.error.code === 'RECORD_TOO_LARGE') return void (letter.refusal = 'RECORD_TOO_LARGE');
    const topic = this.choose(letter);
    if (topic === undefined) return void (letter.refusal = 'NO_TOPIC');
    if (!legalTopic.test(topic)) return void (letter.refusal = 'INVALID_TOPIC');
    // A record that cannot be written to the dead-letter topic cannot be written there as a letter.
    return topic === record.topic ? void (letter.refusal = 'DEAD_LETTER_TOPIC') : topic;
  }

  private choose({ delivery: { record }, outcome }: PendingLetter): string | undefined {
    const { topic } = this.options;
    if (typeof topic === 'string') return topic;
    if (typeof topic !== 'function') {
      return record.topic.endsWith(topic.suffix) ? record.topic : record.topic + topic.suffix;
    }
    try {
      const chosen: unknown = synchronousResult('topic', topic(record, outcome));
      if (chosen === undefined || typeof chosen === 'string') return chosen;
      throw wrongTopicChoice();
    } catch (error) {
      this.userFunctionThrew('topic', error);
      return undefined;
    }
  }
}

/** Returns the letters of settled forks, each with `to` or `refusal`. */
function withResults(
  settled: readonly Delivery[],
  forks: ReadonlyMap<Delivery, PendingLetter>,
): PendingLetter[] {
  const letters: PendingLetter[] = [];
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
