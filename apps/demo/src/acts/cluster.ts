import { setTimeout as sleep } from 'node:timers/promises';
import { allWell, seconds, type Play } from './act.js';

/** All brokers die by kill -9 at once, and come back. */
export const cluster: Play = async (stage) => {
  const { cluster, timing, signal, say } = stage;
  say(`kill -9 all ${cluster.size} brokers; they stay dead for ${seconds(timing.clusterDownMs)}`);
  await cluster.killAll();
  await sleep(timing.clusterDownMs, undefined, { signal });
  say('start all brokers');
  await cluster.startAll();
  await allWell(stage);
  say('all brokers up, all replicas in sync');
};
