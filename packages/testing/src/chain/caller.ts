import { ProducerError, type Outcome, type Producer, type ProducerRecord } from '@holdfast/core';
import type { HistoryChecker } from '../history/history-checker.js';

type How = 'promise' | 'callback' | 'forget';

/** A record that was taken down in the history, as it will be sent. */
export interface Taken {
  readonly id: string;
  readonly record: ProducerRecord;
}

interface Expected {
  readonly how: string;
  heard: number;
  status: string | undefined;
}

/** Sends as a user does, and notes what came back to him: once, and the same that the chain said. */
export class Caller {
  private readonly expected = new Map<string, Expected>();

  constructor(
    private readonly producer: Producer,
    private readonly history: HistoryChecker,
    /** Notes a record as sent. Default: puts a number before its value, so that no two are the same. */
    private readonly take: (record: ProducerRecord) => Taken = numbering(history),
  ) {}

  send(given: ProducerRecord, how: How): void {
    const { id, record } = this.take(given);
    if (how === 'forget') return void this.producer.fireAndForget(record);
    const hear = this.expect(id, how);
    if (how === 'callback') {
      this.producer.send(record, (error, receipt) => hear(error ?? receipt));
    } else {
      this.producer.send(record).then(hear, hear);
    }
  }

  sendBatch(records: readonly ProducerRecord[]): void {
    const taken = records.map((record) => this.take(record));
    const hear = taken.map(({ id }) => this.expect(id, 'batch'));
    this.producer.sendBatch(taken.map(({ record }) => record)).then(
      (outcomes) => {
        if (outcomes.length !== hear.length) {
          this.history.note(
            'I6',
            `sendBatch of ${hear.length} records resolved with ${outcomes.length} outcomes`,
          );
        }
        for (const [index, outcome] of outcomes.entries()) hear[index]?.(outcome);
      },
      (error: unknown) => this.history.note('I6', `sendBatch rejected: ${String(error)}`),
    );
  }

  /** What the chain said of each record against what the caller heard, after `close`. */
  check(outcomes: ReadonlyMap<string, Outcome>): void {
    for (const [id, { how, heard, status }] of this.expected) {
      const said = outcomes.get(id)?.status;
      if (heard === 0) this.history.note('I6', `${JSON.stringify(id)}: its ${how} never ended`, id);
      else if (said !== undefined && status !== undefined && !agrees(status, said)) {
        this.history.note(
          'I6',
          `${JSON.stringify(id)}: its ${how} said ${status}, and the chain '${said}'`,
          id,
        );
      }
    }
  }

  private expect(id: string, how: string): (result: unknown) => void {
    const expected: Expected = { how, heard: 0, status: undefined };
    this.expected.set(id, expected);
    return (result) => {
      if (++expected.heard > 1) this.history.note('I6', `${JSON.stringify(id)}: its ${how} ended twice`, id);
      expected.status = statusOf(result);
    };
  }
}

function numbering(history: HistoryChecker): (record: ProducerRecord) => Taken {
  let number = 0;
  return (given) => {
    const padding = typeof given.value === 'string' ? given.value : '';
    const record = { ...given, value: `${number++}${padding}` };
    return { id: history.sent(record), record };
  };
}

/** `send` rejects for everything that is no success, and its error does not say which of these it was. */
const agrees = (heard: string, said: Outcome['status']): boolean =>
  heard === 'error' ? said !== 'delivered' && said !== 'accepted' : heard === said;

function statusOf(result: unknown): string {
  if (ProducerError.is(result)) return 'error';
  return typeof result === 'object' && result !== null && 'status' in result
    ? String(result.status)
    : 'nothing';
}
