import type { StageStats } from '@holdfast/core/stage';

/** One figure that a stage or an adapter gives in its `stats()`; `undefined` when it gives none of that name. */
export function statOf(stage: { stats?(): StageStats }, name: string): unknown {
  return Reflect.get(stage.stats?.() ?? {}, name);
}
