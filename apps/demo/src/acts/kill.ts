import { setTimeout as sleep } from 'node:timers/promises';
import { allWell, seconds, type Play } from './act.js';

/**
 * All brokers die, then both services by kill -9. The brokers come back, and the services start
 * again.
 */
export const kill: Play = async (stage) => {
  const { cluster, services, timing, signal, say } = stage;
  const halfMs = timing.clusterDownMs / 2;
  say(`kill -9 all ${cluster.size} brokers`);
  await cluster.killAll();
  await sleep(halfMs, undefined, { signal });
  say(`kill -9 both services, ${seconds(halfMs)} into the outage`);
  services.kill();
  await sleep(halfMs, undefined, { signal });
  say('start all brokers');
  await cluster.startAll();
  await cluster.ready();
  say('start both services again, on the same disks');
  await services.start();
  services.go();
  await allWell(stage);
  say('all brokers up, all replicas in sync');
};
