import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientSettings } from '../adapter-cases/adapter-case.js';
import type { KafkaControl, TopicSettings } from '../adapter-cases/kafka-control.js';
import { recordingLogger } from '../env/recording-logger.js';
import { readAll } from './content-cases.js';
import type { ReaderCase, ReaderContext, WrittenRecord } from './reader-case.js';

const timestamp = Date.UTC(2026, 0, 1);

const recordsOf = (topic: string, count: number, bytes: number): WrittenRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    topic,
    partition: 0,
    timestamp,
    key: Buffer.from(String(index)),
    value: Buffer.alloc(bytes, index),
    headers: {},
  }));

/** What the event loop waits for; more than before, and the process would not end. */
const openResources = (): number =>
  process.getActiveResourcesInfo().filter((name) => name !== 'Timeout' && name !== 'Immediate').length;

async function resourcesFallTo(before: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (openResources() > before) {
    if (performance.now() > deadline) {
      throw new Error(`still open: ${process.getActiveResourcesInfo().join(', ')}; before: ${before}`);
    }
    await sleep(20);
  }
}

/** More than any reader takes at once. */
async function largeTopic(
  { topic, write }: ReaderContext,
  settings?: TopicSettings,
): Promise<{ name: string; written: WrittenRecord[] }> {
  const name = await topic(settings);
  const written = recordsOf(name, 24, 900 * 1024);
  await write(written);
  return { name, written };
}

const as = (user: 'allowed' | 'limited', { brokers, security }: KafkaControl): ClientSettings => {
  if (security === undefined) throw new Error('this case needs a cluster with TLS, SASL and ACLs');
  const { ca, mechanism, users } = security;
  return { brokers, requestTimeoutMs: 10_000, tls: { ca }, sasl: { mechanism, ...users[user] } };
};

/** What can come in between. */
export const readerTroubleCases: readonly ReaderCase[] = [
  {
    name: 'a loop that is left early frees everything',
    cluster: 'plain',
    async run(context) {
      const { name } = await largeTopic(context);
      const before = openResources();
      for await (const record of context.read(context.settings, name)) {
        assert.equal(record.offset, 0);
        break;
      }
      await resourcesFallTo(before);
    },
  },
  {
    name: 'an abort ends it with the reason of the signal, and frees everything',
    cluster: 'plain',
    async run(context) {
      const { name } = await largeTopic(context);
      const before = openResources();
      const abort = new AbortController();
      const reader = context.read(context.settings, name, { signal: abort.signal });
      await reader.next();
      const reason = new Error('enough');
      abort.abort(reason);
      await assert.rejects(readAll(reader), reason);
      await resourcesFallTo(before);
    },
  },
  {
    name: 'a broker that is killed and comes back: it goes on, and nothing is missing or twice',
    cluster: 'plain',
    async run(context) {
      const { control, settings } = context;
      // One replica: no other broker can take over.
      const { name, written } = await largeTopic(context, { replicationFactor: 1 });
      const leader = await control.leader(name, 0);
      const env = { logger: recordingLogger() };
      const reader = context.read(settings, name, { env });
      const first = await reader.next();
      await control.kill(leader);
      const started = control.start(leader);
      const rest = await readAll(reader).finally(() => started);
      const found = first.done === true ? rest : [first.value, ...rest];
      assert.deepEqual(
        found.map(({ offset, key }) => [offset, Buffer.from(key ?? []).toString()]),
        written.map((_, index) => [index, String(index)]),
      );
    },
  },
  {
    name: 'records that are deleted while it reads are passed over',
    cluster: 'plain',
    async run(context) {
      const { name } = await largeTopic(context);
      const reader = context.read(context.settings, name);
      const first = await reader.next();
      await context.deleteBelow(context.settings.brokers, name, 20);
      const offsets = (await readAll(reader)).map(({ offset }) => offset);
      assert.equal(first.done, false);
      assert.deepEqual(offsets.slice(-4), [20, 21, 22, 23]);
      assert.ok(!offsets.includes(19), 'more was in memory than may be');
      assert.deepEqual(
        offsets,
        [...new Set(offsets)].sort((a, b) => a - b),
      );
    },
  },
  {
    name: 'a topic that is not there',
    cluster: 'plain',
    async run({ read, settings }) {
      const startedAt = performance.now();
      await assert.rejects(readAll(read(settings, 'open-nowhere')), {
        name: 'ProducerError',
        code: 'UNKNOWN_TOPIC',
        retriable: false,
        kafka: { code: 3, name: 'UNKNOWN_TOPIC_OR_PARTITION' },
      });
      assert.ok(performance.now() - startedAt < 10_000, 'it is said at once');
    },
  },
  {
    name: 'no broker there',
    cluster: 'plain',
    async run({ read, settings }) {
      const env = { logger: recordingLogger() };
      const before = openResources();
      const reader = read({ ...settings, brokers: ['127.0.0.1:1'] }, 't', { timeoutMs: 1_500, env });
      await assert.rejects(readAll(reader), { code: 'BROKER_UNREACHABLE', retriable: true });
      assert.equal(env.logger.lines.filter(({ level }) => level === 'warn').length, 1);
      await resourcesFallTo(before);
    },
  },
  {
    name: 'over TLS with SASL/SCRAM, without any right to a consumer group',
    cluster: 'secure',
    async run({ read, settings, topic, write }) {
      const name = await topic();
      const written = recordsOf(name, 5, 10);
      await write(written);
      assert.deepEqual(
        await readAll(read(settings, name)),
        written.map((record, offset) => ({ ...record, offset })),
      );
    },
  },
  {
    name: 'a topic that the user may not even see',
    cluster: 'secure',
    async run({ read, settings, control }) {
      const name = `closed-${process.pid}-${performance.now().toFixed()}`;
      await control.createTopic(name);
      await assert.rejects(readAll(read(settings, name)), {
        code: 'AUTHORIZATION_FAILED',
        retriable: false,
        kafka: { code: 29, name: 'TOPIC_AUTHORIZATION_FAILED' },
      });
    },
  },
  {
    name: 'a topic that the user may see and not read',
    cluster: 'secure',
    async run({ read, control, topic, write }) {
      const name = await topic();
      await write(recordsOf(name, 1, 10));
      await assert.rejects(readAll(read(as('limited', control), name)), {
        code: 'AUTHORIZATION_FAILED',
        retriable: false,
        kafka: { code: 29, name: 'TOPIC_AUTHORIZATION_FAILED' },
      });
    },
  },
  {
    name: 'a wrong password',
    cluster: 'secure',
    async run({ read, settings, topic }) {
      const name = await topic();
      const sasl = { mechanism: 'SCRAM-SHA-256', username: 'nobody', password: 'Wr0ng-pass-phrase' };
      const reading = readAll(read({ ...settings, sasl }, name, { timeoutMs: 15_000 }));
      await assert.rejects(reading, (error: Error & { code?: string; retriable?: boolean }) => {
        assert.equal(error.code, 'AUTHENTICATION_FAILED');
        assert.equal(error.retriable, false);
        assert.ok(!error.message.includes(sasl.password), 'no secret in the message');
        return true;
      });
    },
  },
];
