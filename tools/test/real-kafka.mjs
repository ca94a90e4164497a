import { whyNoRealKafka } from '../setup/real-kafka.mjs';
import { result } from './check.mjs';

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
    const why = await whyNoRealKafka();
    if (why === undefined) return check.run(progress);
    if (!ci) return result({ skipped: 1, output: `skipped: ${why}` });
    return result({ failed: 1, output: `${why}; with CI=true that is a failure` });
  },
});
