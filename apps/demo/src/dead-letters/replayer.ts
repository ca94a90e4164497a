/** Replays the dead letters of a file and of a topic, a process of its own: what a user's script does when the cause is gone. */
import { createProducer, silentLogger } from '@holdfast/core';
import { fileDeadLetters, recommended, replayDeadLetters, topicDeadLetters } from 'holdfast';
import { join } from 'node:path';
import { answer, question } from '../program.js';
import { adapterOver, recordsOf } from '../service/adapter.js';
import { isReplaying, type ReplayCounts } from './replay.js';

const asked = await question();
if (!isReplaying(asked)) throw new Error('the replayer was asked for no dead letters');
const { client, service, admin, topic, directory } = asked;
const producer = await createProducer({
  adapter: await adapterOver(client, { access: service, requestTimeoutMs: undefined }),
  use: recommended(),
  env: { logger: silentLogger },
});
const sources = [fileDeadLetters(directory), topicDeadLetters(await recordsOf(client, admin, topic))];
// One file of notes for both: a letter that ended in both is sent once.
const progress = join(directory, 'replayed.ids');
for (const source of sources) {
  const report = await replayDeadLetters(source, producer, { progress });
  await answer(report satisfies ReplayCounts);
}
await producer.close();
process.stdout.end();
