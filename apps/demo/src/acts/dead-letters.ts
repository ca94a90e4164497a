import { setTimeout as sleep } from 'node:timers/promises';
import { forbiddenEvery, largeEvery } from '../mixed-records.js';
import { seconds, type Play } from './act.js';

/** Nothing happens to the broker: it rejects some of the records. */
export const deadLetters: Play = async ({ timing, signal, say }) => {
  say(`one record in ${largeEvery} is larger than the topic takes (1.25 MiB, over 1 MiB), and one in`);
  say(
    `${forbiddenEvery} goes to a topic that the service may not write to; for ${seconds(timing.refusedMs)}`,
  );
  await sleep(timing.refusedMs, undefined, { signal });
};
