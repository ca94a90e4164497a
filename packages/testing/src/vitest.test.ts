import type { Middleware } from '@holdfast/core';
import { middlewareConformance } from './vitest.js';

const stamp = (app: string): Middleware => ({
  name: 'stamp',
  bind: (next) => ({
    send(batch, settle) {
      for (const d of batch) d.record.headers['app'] = app;
      next(batch, settle);
    },
  }),
});

middlewareConformance({ name: 'stamp', create: () => stamp('shop') });
