import type { StageStats } from '@holdfast/core/stage';

/**
 * Returns one value from the `stats()` of a stage or adapter; `undefined` if it has none of that
 * name.
 */
export function statOf(stage: { stats?(): StageStats }, name: string): unknown {
  return Reflect.get(stage.stats?.() ?? {}, name);
}
