import type { HrTime } from '@opentelemetry/api';

/**
 * Converts milliseconds since 1970, with fractions, to the time of a span. A plain number could be
 * mistaken for one of `performance.now()`.
 */
export const spanTime = (ms: number): HrTime => [Math.trunc(ms / 1_000), Math.trunc((ms % 1_000) * 1e6)];
