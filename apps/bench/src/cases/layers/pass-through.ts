import type { Middleware } from '@holdfast/core';

/** Layers that every batch passes, down and up, and that do nothing with it. */
export const passThroughs = (count: number): Middleware[] =>
  Array.from({ length: count }, (_, index) => passThrough(`pass-through-${index + 1}`));

const passThrough = (name: string): Middleware => ({
  name,
  bind: (next) => ({
    send(batch, settle) {
      next(batch, (settled) => settle(settled));
    },
  }),
});
