import { setTimeout as sleep } from 'node:timers/promises';
import { createProducer } from '@holdfast/core';
import type { ClientSettings } from '../adapter-cases/adapter-case.js';
import type { KafkaControl } from '../adapter-cases/kafka-control.js';
import { recordingLogger } from '../env/recording-logger.js';
import type { ReaderCase, ReaderContext, ReaderSubject, WrittenRecord } from './reader-case.js';

const pauseMs = 100;
const patienceMs = 60_000;
let topics = 0;

/** Runs a case. Rejects with the unexpected results. */
export async function runReaderCase(
  one: ReaderCase,
  control: KafkaControl,
  subject: ReaderSubject,
): Promise<void> {
  const settings = settingsFor(control);
  const context: ReaderContext = {
    control,
    settings,
    read: (client, topic, options) =>
      subject.read(client, topic, { env: { logger: recordingLogger() }, ...options }),
    transact: subject.transact,
    deleteBelow: subject.deleteBelow,
    async topic(topicSettings) {
      const name = `open-read-${process.pid}-${Date.now().toString(36)}-${topics++}`;
      // The records of the cases are of a fixed day: by default a broker deletes what is older than
      // a week.
      const config = { 'retention.ms': '-1', ...topicSettings?.config };
      await control.createTopic(name, { ...topicSettings, config });
      return name;
    },
    write: (records) => write(records, subject, settings),
  };
  await one.run(context);
}

function settingsFor({ brokers, security }: KafkaControl): ClientSettings {
  const settings = { brokers, requestTimeoutMs: 10_000 };
  if (security === undefined) return settings;
  const { ca, mechanism, users } = security;
  return { ...settings, tls: { ca }, sasl: { mechanism, ...users.allowed } };
}

/**
 * The leader may not know a new topic yet: refused records are sent again, which keeps the order
 * within a partition.
 */
async function write(
  records: readonly WrittenRecord[],
  { makeAdapter }: ReaderSubject,
  settings: ClientSettings,
): Promise<void> {
  const env = { logger: recordingLogger() };
  const producer = await createProducer({ adapter: makeAdapter(settings), env });
  const deadline = performance.now() + patienceMs;
  try {
    for (const one of new Set(records.map(({ partition }) => partition))) {
      let left = records.filter(({ partition }) => partition === one);
      while (left.length > 0) {
        const outcomes = await producer.sendBatch(left);
        left = left.filter((_, index) => outcomes[index]?.status !== 'delivered');
        if (left.length === 0) break;
        if (performance.now() > deadline) throw new Error(`not written in ${patienceMs} ms`);
        await sleep(pauseMs);
      }
    }
  } finally {
    await producer.close({ timeoutMs: 5_000 });
  }
}
