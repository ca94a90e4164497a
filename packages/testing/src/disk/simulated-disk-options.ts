import { anObject, checkOptions, numberBetween, oneOf, wholeNumberBetween } from '@holdfast/core/stage';
import type { SimulatedDiskOptions } from './simulated-disk.js';

type Resolved = Required<Omit<SimulatedDiskOptions, 'clock'>> & Pick<SimulatedDiskOptions, 'clock'>;

/** Throws `INVALID_OPTIONS` with all problems of the options. */
export function resolveOptions(options: SimulatedDiskOptions): Resolved {
  const { seed = 1, capacityBytes = Infinity, clock, syncMs = 0, writeMs = 0 } = options;
  const { writebackBytes = 64 * 2 ** 20, logLimit = 1_000, onDeath = 'reject' } = options;
  const takesTime = syncMs > 0 || writeMs > 0;
  checkOptions(
    'simulatedDisk',
    options,
    {
      seed: wholeNumberBetween(-(2 ** 31), 2 ** 32),
      capacityBytes: wholeNumberBetween(0, Infinity, 'bytes'),
      clock: anObject,
      syncMs: numberBetween(0, 2 ** 31, 'ms'),
      writeMs: numberBetween(0, 2 ** 31, 'ms'),
      writebackBytes: wholeNumberBetween(0, Infinity, 'bytes'),
      logLimit: wholeNumberBetween(0, 10_000_000),
      onDeath: oneOf('reject', 'hang'),
    },
    [
      takesTime && clock === undefined
        ? "'syncMs' and 'writeMs' need 'clock': give the fakeClock of the test"
        : undefined,
    ],
  );
  return {
    seed,
    capacityBytes,
    ...(clock && { clock }),
    syncMs,
    writeMs,
    writebackBytes,
    logLimit,
    onDeath,
  };
}
