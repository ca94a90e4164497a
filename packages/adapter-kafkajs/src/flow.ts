import { errorCodeOf } from '@holdfast/core';
import type { Lot } from './lot.js';
import type { Outstanding } from './outstanding.js';
import { applyVerdict, type Judged, type Verdict } from './request.js';
import type { TopicTable } from './topic-table.js';

/** Between partitioning and the brokers: when a lot may go, and what its verdict leads to. */
export interface Flow {
  /** New lots, already outstanding, in the order in which they are to be written. */
  submit(lots: readonly Lot[]): void;
  judged(judged: readonly Judged[]): void;
}

export interface FlowOptions {
  readonly outstanding: Outstanding;
  readonly table: TopicTable;
  /** Sends lots to the leaders of their partitions; verdicts come later. */
  readonly dispatch: (lots: readonly Lot[]) => void;
}

/** Every lot goes at once, and its verdict is its outcome. */
export class PlainFlow implements Flow {
  constructor(private readonly options: FlowOptions) {}

  submit(lots: readonly Lot[]): void {
    this.options.dispatch(lots);
  }

  judged(judged: readonly Judged[]): void {
    const ended: Lot[] = [];
    for (const { lot, verdict } of judged) {
      const halves = splitIfTooLarge(lot, verdict, this.options);
      if (halves !== undefined) this.submit(halves);
      else {
        applyVerdict(lot, verdict);
        ended.push(lot);
      }
    }
    this.options.outstanding.finish(ended);
  }
}

/** Records that are too large together go on as two lots; one that is too large alone has failed. */
export function splitIfTooLarge(
  lot: Lot,
  verdict: Verdict,
  { outstanding, table }: FlowOptions,
): readonly Lot[] | undefined {
  if (lot.settled || lot.unanswered !== undefined || lot.deliveries.length < 2 || verdict.status !== 'failed')
    return undefined;
  const code = verdict.error.kafka?.code;
  if (code === undefined || errorCodeOf(code) !== 'RECORD_TOO_LARGE') return undefined;
  table.refused(lot.topic, lot.bytes);
  const halves = lot.halves();
  outstanding.replace(lot, halves);
  return halves;
}
