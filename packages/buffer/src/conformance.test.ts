import { middlewareConformance } from '@holdfast/testing/vitest';
import { buffer } from './buffer.js';

// The default has room for a million records, and the suite sends 20,000.
middlewareConformance({ name: 'buffer', create: () => buffer({ maxRecords: 10_000 }) });
middlewareConformance({
  name: 'a small buffer that lingers',
  create: () => buffer({ maxRecords: 5, maxBatchRecords: 2, lingerMs: 5 }),
});
middlewareConformance({
  name: 'a buffer that drops the oldest',
  create: () => buffer({ maxRecords: 5, overflow: 'drop-oldest' }),
});
