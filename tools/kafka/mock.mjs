// librdkafka's mock cluster, for machines that have no Java and no Docker. It lives inside a
// producer of the client
// library, so that producer is all this process is. Prints one line, {"brokers": ["127.0.0.1:1234",
// …]}, when it is up,
// or {"error": "…"}.
//
// Arguments: the number of brokers, and a text by which this process can be told from others.
import { createRequire } from 'node:module';

const CONNECT_TIMEOUT_MS = 20_000;
const [count] = process.argv.slice(2);

/** @type {typeof import('@confluentinc/kafka-javascript')} */
const { Producer } = createRequire(import.meta.url)('@confluentinc/kafka-javascript');
// A test setting of librdkafka's, not known to the client's types.
const mock = { 'test.mock.num.brokers': Number(count) };
const producer = new Producer({ ...mock, 'allow.auto.create.topics': true });
producer.on('event.error', () => undefined);
producer.connect({ timeout: CONNECT_TIMEOUT_MS }, (error, metadata) => {
  if (error) {
    process.stdout.write(`${JSON.stringify({ error: error.message })}\n`);
    return;
  }
  const brokers = metadata.brokers.sort((a, b) => a.id - b.id).map(({ host, port }) => `${host}:${port}`);
  process.stdout.write(`${JSON.stringify({ brokers })}\n`);
});
