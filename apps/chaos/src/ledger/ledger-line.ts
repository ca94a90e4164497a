/** Numbers of records, `first` to `first + count - 1`. */
export interface Run {
  readonly first: number;
  readonly count: number;
}

/** Records are told by their numbers. */
export type LedgerLine =
  /** Written before they are handed to `send`, in this order. */
  | ({ readonly is: 'sent' } & Run)
  /** `send` said that Kafka has them. */
  | {
      readonly is: 'delivered';
      readonly records: readonly (readonly [n: number, partition: number, offset: number])[];
    }
  /** `send` said that the journal has them. */
  | { readonly is: 'accepted'; readonly runs: readonly Run[] }
  /** An attempt below retry ended as `unknown`. */
  | { readonly is: 'attempted'; readonly runs: readonly Run[] }
  /** The journal sends what an earlier life left. */
  | { readonly is: 'resent'; readonly runs: readonly Run[] }
  /** The journal has read what an earlier life left: so many records wait. */
  | { readonly is: 'recovered'; readonly records: number; readonly ms: number }
  /** Something of the journal was not as it was written. */
  | { readonly is: 'damaged'; readonly harmless: boolean; readonly what: string }
  /** It ended without being delivered; -1: a record of no stream. */
  | {
      readonly is: 'undeliverable';
      readonly n: number;
      readonly status: 'failed' | 'unknown';
      readonly code: string;
    }
  /** The fault that was ordered happens now. */
  | { readonly is: 'injected' }
  /** The producer could not be opened, or not be closed. */
  | { readonly is: 'not-opened' | 'not-closed'; readonly code: string; readonly what: string }
  /** The disk took no records. */
  | { readonly is: 'stalled'; readonly code: string }
  /** Something happened that never should. */
  | { readonly is: 'broken'; readonly what: string }
  /** The victim closed its producer, and this is what was left. */
  | { readonly is: 'closed'; readonly failed: number; readonly unknown: number };

/** Puts numbers that follow one another into one run. */
export function runsOf(numbers: readonly number[]): Run[] {
  const runs: { first: number; count: number }[] = [];
  for (const n of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && last.first + last.count === n) last.count++;
    else runs.push({ first: n, count: 1 });
  }
  return runs;
}

export function* numbersOf(runs: readonly Run[]): Generator<number> {
  for (const { first, count } of runs) for (let i = 0; i < count; i++) yield first + i;
}
