export { metrics } from './metrics.js';
export type { MetricsOptions } from './options.js';
export type { TracesOptions } from './traces/options.js';
export { health } from './health/health.js';
export type { HealthReason, HealthReport, HealthStatus } from './health/health.js';
export type { HealthOptions } from './health/options.js';
export type { HealthCode } from './health/checks.js';
