import { ProducerError, type Outcome, type Producer, type ProducerRecord } from '@holdfast/core';
import type { HistoryChecker } from '../history/history-checker.js';

type SendMode = 'promise' | 'callback' | 'forget';

/** A record as it will be sent, with the id under which the history knows it. */
export interface TrackedRecord {
  readonly id: string;
  readonly record: ProducerRecord;
}

interface Expected {
  readonly how: string;
  calls: number;
  status: string | undefined;
}

/**
 * Sends as a user does, and checks that each call ends once, with the outcome the chain reported.
 */
export class Caller {
  private readonly expected = new Map<string, Expected>();

  constructor(
    private readonly producer: Producer,
    private readonly history: HistoryChecker,
    /**
     * Notes a record as sent. Default: prefixes its value with a number, so that no two are equal.
     */
    private readonly track: (record: ProducerRecord) => TrackedRecord = numbering(history),
  ) {}

  send(given: ProducerRecord, how: SendMode): void {
    const { id, record } = this.track(given);
    if (how === 'forget') return void this.producer.fireAndForget(record);
    const onResult = this.expect(id, how);
    if (how === 'callback') {
      this.producer.send(record, (error, receipt) => onResult(error ?? receipt));
    } else {
      this.producer.send(record).then(onResult, onResult);
    }
  }

  sendBatch(records: readonly ProducerRecord[]): void {
    const tracked = records.map((record) => this.track(record));
    const onResult = tracked.map(({ id }) => this.expect(id, 'batch'));
    this.producer.sendBatch(tracked.map(({ record }) => record)).then(
      (outcomes) => {
        if (outcomes.length !== onResult.length) {
          this.history.note(
            'I6',
            `sendBatch of ${onResult.length} records resolved with ${outcomes.length} outcomes`,
          );
        }
        for (const [index, outcome] of outcomes.entries()) onResult[index]?.(outcome);
      },
      (error: unknown) => this.history.note('I6', `sendBatch rejected: ${String(error)}`),
    );
  }

  /** Compares, after `close`, each record's outcome in the chain with the result of its call. */
  check(outcomes: ReadonlyMap<string, Outcome>): void {
    for (const [id, { how, calls, status }] of this.expected) {
      const reported = outcomes.get(id)?.status;
      if (calls === 0) this.history.note('I6', `${JSON.stringify(id)}: its ${how} never ended`, id);
      else if (reported !== undefined && status !== undefined && !agrees(status, reported)) {
        this.history.note(
          'I6',
          `${JSON.stringify(id)}: its ${how} ended with '${status}', but the chain reported '${reported}'`,
          id,
        );
      }
    }
  }

  private expect(id: string, how: string): (result: unknown) => void {
    const expected: Expected = { how, calls: 0, status: undefined };
    this.expected.set(id, expected);
    return (result) => {
      if (++expected.calls > 1) this.history.note('I6', `${JSON.stringify(id)}: its ${how} ended twice`, id);
      expected.status = statusOf(result);
    };
  }
}

function numbering(history: HistoryChecker): (record: ProducerRecord) => TrackedRecord {
  let number = 0;
  return (given) => {
    const padding = typeof given.value === 'string' ? given.value : '';
    const record = { ...given, value: `${number++}${padding}` };
    return { id: history.sent(record), record };
  };
}

/** `send` rejects for every outcome but success, and its error does not tell which one it was. */
const agrees = (status: string, reported: Outcome['status']): boolean =>
  status === 'error' ? reported !== 'delivered' && reported !== 'accepted' : status === reported;

function statusOf(result: unknown): string {
  if (ProducerError.is(result)) return 'error';
  return typeof result === 'object' && result !== null && 'status' in result
    ? String(result.status)
    : 'nothing';
}
