import { ProducerError, type Outcome, type Producer, type ProducerRecord } from '@holdfast/core';

/** A way to send. Returns a function for what the caller has seen so far. */
export interface Way {
  /** Its name on the page. */
  readonly name: string;
  send(producer: Producer, record: ProducerRecord): () => string;
}

const inWords = (error: unknown): string =>
  ProducerError.is(error)
    ? `\`${error.code}\`${error.maybeWritten ? ', possibly written' : ''}`
    : String(error);

const outcomeInWords = (outcome: Outcome | undefined): string => {
  if (outcome === undefined) return 'nothing';
  if (outcome.status === 'failed' || outcome.status === 'unknown')
    return `\`${outcome.status}\`, \`${outcome.error.code}\``;
  return `\`${outcome.status}\``;
};

const waits = 'waits';

export const ways: readonly Way[] = [
  {
    name: '`await send(record)`',
    send(producer, record) {
      let seen = waits;
      producer.send(record).then(
        ({ status }) => (seen = `resolves: \`${status}\``),
        (error: unknown) => (seen = `rejects: ${inWords(error)}`),
      );
      return () => seen;
    },
  },
  {
    name: '`send(record, callback)`',
    send(producer, record) {
      let seen = waits;
      producer.send(record, (error, receipt) => {
        seen = error === null ? `receipt: \`${receipt?.status}\`` : `error: ${inWords(error)}`;
      });
      return () => seen;
    },
  },
  {
    name: '`fireAndForget(record)`',
    send(producer, record) {
      const failures: Outcome[] = [];
      producer.on('failed', ({ outcome }) => void failures.push(outcome));
      const taken = producer.fireAndForget(record);
      return () =>
        failures.length === 0 ? String(taken) : `${taken}; event \`failed\`: ${outcomeInWords(failures[0])}`;
    },
  },
  {
    name: '`sendBatch(records)`',
    send(producer, record) {
      let seen = waits;
      producer.sendBatch([record]).then(
        ([outcome]) => (seen = `outcome ${outcomeInWords(outcome)}`),
        (error: unknown) => (seen = `rejects: ${String(error)}`),
      );
      return () => seen;
    },
  },
  {
    name: '`writable()`',
    send(producer, record) {
      let seen = waits;
      const stream = producer.writable();
      stream.on('finish', () => (seen = '`finish`'));
      stream.on('error', (error) => (seen = `destroyed: ${inWords(error)}`));
      stream.end(record);
      return () => seen;
    },
  },
];
