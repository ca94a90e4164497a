import type { Env } from '@holdfast/core/stage';

/**
 * Returns an id that is unique among all runs of all producers. Ids sort by the time of the start:
 * `20261121T101530123Z-3f9a01c27be4`.
 */
export function createRunId({ clock, random }: Pick<Env, 'clock' | 'random'>): string {
  const time = new Date(clock.wallTime()).toISOString().replace(/[-:.]/g, '');
  const half = (): string =>
    Math.floor(random() * 2 ** 24)
      .toString(16)
      .padStart(6, '0');
  return `${time}-${half()}${half()}`;
}
