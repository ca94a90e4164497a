export { metrics } from './metrics.js';
export type { MetricsOptions } from './options.js';
