import { middlewareConformance } from '@holdfast/testing/vitest';
import { buffer } from './buffer.js';

middlewareConformance({ name: 'buffer', create: () => buffer() });
middlewareConformance({
  name: 'a small buffer that lingers',
  create: () => buffer({ maxRecords: 5, maxBatchRecords: 2, lingerMs: 5 }),
});
middlewareConformance({
  name: 'a buffer that drops the oldest',
  create: () => buffer({ maxRecords: 5, overflow: 'drop-oldest' }),
});
