import type { BufferOptions } from '@holdfast/buffer';

/** Room for all that this bench lets wait; else the defaults. */
export const roomy: BufferOptions = { maxRecords: 100_000_000, maxBytes: 2 ** 36 };
