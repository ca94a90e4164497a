import { setTimeout as sleep } from 'node:timers/promises';
import { aLeader, allWell, seconds, type Play } from './act.js';

/** A leader is paused for longer than the clients wait for an answer; its connections stay open. */
export const pause: Play = async (stage) => {
  const { cluster, timing, signal, say } = stage;
  const { pauseMs, requestTimeoutMs } = timing;
  const { id, leads } = await aLeader(stage);
  const timeout =
    requestTimeoutMs === undefined
      ? 'the request timeouts are the default ones'
      : `the request timeout of both chains is ${seconds(requestTimeoutMs)} here`;
  say(`SIGSTOP to broker ${id}, ${leads}, for ${seconds(pauseMs)}; ${timeout}`);
  await cluster.pause(id);
  await sleep(pauseMs, undefined, { signal });
  say(`SIGCONT to broker ${id}`);
  await cluster.resume(id);
  await allWell(stage);
  say('all brokers up, all replicas in sync');
};
