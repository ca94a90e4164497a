/**
 * The independent consumer, in a process of its own: its input is a topic, its output one record
 * per line.
 */
import { answer, question } from '../program.js';
import { readTopic } from './read-topic.js';
import { isReading } from './read-back.js';

const asked = await question();
if (!isReading(asked)) throw new Error('the reader got no topic');
for (const record of await readTopic(asked)) await answer(record);
process.stdout.end();
