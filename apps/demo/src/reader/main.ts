/** The independent consumer, a process of its own: `node main.js <topic> <host:port,…>` writes what the topic holds. */
import { once } from 'node:events';
import { readTopic } from './read-topic.js';

const [topic, brokers] = process.argv.slice(2);
if (topic === undefined || brokers === undefined) throw new Error('usage: main.js <topic> <host:port,…>');
const records = await readTopic(topic, brokers.split(','));
for (const record of records) {
  if (!process.stdout.write(`${JSON.stringify(record)}\n`)) await once(process.stdout, 'drain');
}
process.stdout.end();
