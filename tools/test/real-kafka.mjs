import { exec } from '../setup/exec.mjs';
import { kafka } from '../setup/kafka.mjs';
import { result } from './check.mjs';

/** Why no real Kafka can be had here, `undefined` when one can. */
async function whyNoKafka() {
  const state = await kafka.check();
  if (state.is === 'ready') return undefined;
  const docker = await exec('docker', ['info']);
  return docker.code === 0 ? undefined : `no real Kafka (${state.says}), and no Docker that could run one`;
}

/**
 * A check that is worth nothing without a real Kafka: where there is none it is skipped, and fails on CI.
 *
 * @param {import('./check.mjs').Check} check
 * @param {boolean} ci
 * @returns {import('./check.mjs').Check}
 */
export const onRealKafka = (check, ci) => ({
  ...check,
  async run(progress) {
    const why = await whyNoKafka();
    if (why === undefined) return check.run(progress);
    if (!ci) return result({ skipped: 1, output: `skipped: ${why}` });
    return result({ failed: 1, output: `${why}; with CI=true that is a failure` });
  },
});
