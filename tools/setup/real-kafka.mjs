import { exec } from './exec.mjs';
import { kafka } from './kafka.mjs';

/** Returns why no real Kafka is available here, `undefined` when one is. */
export async function whyNoRealKafka() {
  const state = await kafka.check();
  if (state.is === 'ready') return undefined;
  const docker = await exec('docker', ['info']);
  return docker.code === 0 ? undefined : `no real Kafka (${state.says}), and no Docker that could run one`;
}
