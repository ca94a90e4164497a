import { runsFrom, runsVariable } from './runs.js';
import { seedVariable } from './seed.js';

/** A seed, and the part of a command line that repeats what was drawn from it. */
export interface RepeatableSeed {
  readonly seed: number;
  readonly repeat: string;
}

/** One seed after the other, from `first` on: `own` of them, unless `HOLDFAST_RUNS` says otherwise. */
export function* seedsFrom(first: number, own: number): Generator<RepeatableSeed> {
  const runs = runsFrom(own);
  for (let seed = first; seed < first + runs; seed++) {
    yield { seed, repeat: `${seedVariable}=${seed} ${runsVariable}=1` };
  }
}
