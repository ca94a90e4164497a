/** Numbers of records, `first` to `first + count - 1`. */
export interface Run {
  readonly first: number;
  readonly count: number;
}

/** Identifies records by their numbers. */
export type LedgerLine =
  /** Written before the records are passed to `send`, in this order. */
  | ({ readonly is: 'sent' } & Run)
  /** `send` reported them delivered. */
  | {
      readonly is: 'delivered';
      readonly records: readonly (readonly [n: number, partition: number, offset: number])[];
    }
  /** `send` reported them accepted by the journal. */
  | { readonly is: 'accepted'; readonly runs: readonly Run[] }
  /** An attempt below retry ended as `unknown`. */
  | { readonly is: 'attempted'; readonly runs: readonly Run[] }
  /** The journal sends records that an earlier life left. */
  | { readonly is: 'resent'; readonly runs: readonly Run[] }
  /** The journal has read its backlog: the number of records that wait. */
  | { readonly is: 'recovered'; readonly records: number; readonly ms: number }
  /** Something in the journal was not as written. */
  | { readonly is: 'damaged'; readonly harmless: boolean; readonly what: string }
  /** A record ended undelivered; -1: a record that is not of this stream. */
  | {
      readonly is: 'undeliverable';
      readonly n: number;
      readonly status: 'failed' | 'unknown';
      readonly code: string;
    }
  /** The injected fault happens now. */
  | { readonly is: 'injected' }
  /** The producer could not be opened, or not closed. */
  | { readonly is: 'not-opened' | 'not-closed'; readonly code: string; readonly what: string }
  /** The disk took no records. */
  | { readonly is: 'stalled'; readonly code: string }
  /** Something happened that never should. */
  | { readonly is: 'broken'; readonly what: string }
  /** The victim closed its producer, and this much was left. */
  | { readonly is: 'closed'; readonly failed: number; readonly unknown: number };

/** Groups consecutive numbers into runs. */
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
