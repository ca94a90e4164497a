import type { BufferOptions } from '@holdfast/buffer';

/** Room for all records that wait in this bench; otherwise the defaults. */
export const roomy: BufferOptions = { maxRecords: 100_000_000, maxBytes: 2 ** 36 };
