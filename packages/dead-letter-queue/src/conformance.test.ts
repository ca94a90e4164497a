import { middlewareConformance } from '@holdfast/testing/vitest';
import { deadLetterQueue } from './dead-letter-queue.js';

middlewareConformance({
  name: 'deadLetterQueue with a topic',
  create: () => deadLetterQueue({ topic: 'orders.dlq' }),
  features: { deliversElsewhere: () => [] }, // the topics also hold dead letters
});

middlewareConformance({
  name: 'deadLetterQueue with a file',
  create: () => deadLetterQueue({ file: { directory: '/dead-letters' } }),
});

middlewareConformance({
  name: 'deadLetterQueue with all sinks',
  create: () =>
    deadLetterQueue({
      topic: { suffix: '.dlq' },
      file: { directory: '/dead-letters', maxBytes: 16_384, maxFileBytes: 4_096 },
      callback: () => new Promise<never>(() => undefined),
      callbackTimeoutMs: 50,
    }),
  features: { deliversElsewhere: () => [] },
});
