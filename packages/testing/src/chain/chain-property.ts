import fc from 'fast-check';
import { checkProperty } from '../property/check-property.js';
import { seedFrom } from '../property/seed.js';
import { runChain, type ChainOptions } from './run-chain.js';
import { schedules } from './schedule.js';

export interface ChainPropertyOptions extends Omit<ChainOptions, 'schedule'> {
  /** Schedules to try. Default 100. */
  readonly runs?: number;
  /**
   * When to stop looking for a shorter schedule that fails, or for one that fails at all, in real
   * ms. Default 60,000.
   */
  readonly timeLimitMs?: number;
}

/**
 * Runs the chain through many generated schedules. Rejects with the first that breaks a promise,
 * cut down to the actions that matter, and with the seed that repeats it.
 */
export async function chainProperty({
  runs = 100,
  timeLimitMs = 60_000,
  ...options
}: ChainPropertyOptions): Promise<void> {
  const seed = options.seed ?? seedFrom();
  const property = fc.asyncProperty(schedules(options.generate), async (schedule) => {
    await runChain({ ...options, seed, schedule });
  });
  await checkProperty(property, { seed, runs, timeLimitMs });
}
