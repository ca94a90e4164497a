import type { Clock } from '@holdfast/core/stage';

/** Resolves after `ms`. */
export const delay = (ms: number, clock: Clock): Promise<void> =>
  new Promise((resolve) => void clock.after(ms, resolve));
