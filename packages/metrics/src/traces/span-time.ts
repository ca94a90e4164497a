import type { HrTime } from '@opentelemetry/api';

/** Milliseconds since 1970, fractions allowed, as spans take them: a plain number may be taken for one of `performance.now()`. */
export const spanTime = (ms: number): HrTime => [Math.trunc(ms / 1_000), Math.trunc((ms % 1_000) * 1e6)];
