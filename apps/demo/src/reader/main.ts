/** The independent consumer, a process of its own: it is asked for a topic, and answers with a record a line. */
import { answer, question } from '../program.js';
import { readTopic } from './read-topic.js';
import { isReading } from './read-back.js';

const asked = await question();
if (!isReading(asked)) throw new Error('the reader was asked for no topic');
for (const record of await readTopic(asked)) await answer(record);
process.stdout.end();
