import { setTimeout as sleep } from 'node:timers/promises';
import { aLeader, allWell, seconds, type Play } from './act.js';

/** A leader dies by kill -9 and comes back. */
export const leader: Play = async (stage) => {
  const { cluster, timing, signal, say } = stage;
  const { id, leads } = await aLeader(stage);
  say(`kill -9 broker ${id}, ${leads}; it stays dead for ${seconds(timing.leaderDownMs)}`);
  await cluster.kill(id);
  await sleep(timing.leaderDownMs, undefined, { signal });
  say(`start broker ${id}`);
  await cluster.start(id);
  await allWell(stage);
  say('all brokers up, all replicas in sync');
};
