import { runsFrom, runsVariable } from './runs.js';
import { seedVariable } from './seed.js';

/** A seed, and the environment variables that repeat what was drawn from it. */
export interface RepeatableSeed {
  readonly seed: number;
  readonly repeat: string;
}

/** Yields consecutive seeds from `first` on: `own` of them, unless `HOLDFAST_RUNS` overrides it. */
export function* seedsFrom(first: number, own: number): Generator<RepeatableSeed> {
  const runs = runsFrom(own);
  for (let seed = first; seed < first + runs; seed++) {
    yield { seed, repeat: `${seedVariable}=${seed} ${runsVariable}=1` };
  }
}
