/**
 * Replays the dead letters of a file and of a topic in a process of its own, as a user's script
 * does once the cause is gone.
 */
import { createProducer, silentLogger } from '@holdfast/core';
import { fileDeadLetters, recommended, replayDeadLetters, topicDeadLetters } from 'holdfast';
import { join } from 'node:path';
import { answer, question } from '../program.js';
import { adapterOver, recordsOf } from '../service/adapter.js';
import { isReplaying, type ReplayCounts } from './replay.js';

const asked = await question();
if (!isReplaying(asked)) throw new Error('the replayer got no input');
const { client, service, admin, topic, directory } = asked;
const producer = await createProducer({
  adapter: await adapterOver(client, { access: service, requestTimeoutMs: undefined }),
  use: recommended(),
  env: { logger: silentLogger },
});
const sources = [fileDeadLetters(directory), topicDeadLetters(await recordsOf(client, admin, topic))];
// One progress file for both, so a letter that ended in both is sent once.
const progress = join(directory, 'replayed.ids');
for (const source of sources) {
  const report = await replayDeadLetters(source, producer, { progress });
  await answer(report satisfies ReplayCounts);
}
await producer.close();
process.stdout.end();
