import { ProducerError, type Failed, type Unknown } from '@holdfast/core';
import { protocolError } from '@holdfast/core/adapter';
import { failed, unknown } from '@holdfast/core/stage';
import { stage } from '../errors.js';
import type { Lot } from './record-batch.js';
import type { Outstanding } from './outstanding.js';
import { applyVerdict, type Judged, type Verdict } from './produce-request.js';
import type { TopicTable } from '../cluster/metadata-cache.js';

/** Between partitioning and the brokers: when a lot may go, and what its verdict leads to. */
export interface Flow {
  /** Brokers recognise what they have already. */
  readonly idempotent: boolean;
  /** New lots, already outstanding, in the order in which they are to be written. */
  submit(lots: readonly Lot[]): void;
  judged(judged: readonly Judged[]): void;
  /** It is about to be sent over `connection`. False: not now; it is the flow's again, unsent. */
  mayGo(lot: Lot, connection: object): boolean;
  /** Those that were refused by {@link mayGo} are out of their request. */
  takenBack(lots: readonly Lot[]): void;
  /** Its delivery deadline has passed, wherever it is. A verdict may still come, and is too late. */
  expire(lot: Lot): void;
  /** Nobody has used these topics for a while. */
  forget(topics: ReadonlySet<string>): void;
  /** All is settled: nothing is sent any more. */
  stop(): void;
}

export interface FlowOptions {
  readonly outstanding: Outstanding;
  readonly table: TopicTable;
  /** Sends lots to the leaders of their partitions; verdicts come later. */
  readonly dispatch: (lots: readonly Lot[]) => void;
}

/** The first of every line goes at once, and a verdict is an outcome. */
export class PlainFlow implements Flow {
  readonly idempotent = false;

  constructor(private readonly options: FlowOptions) {}

  submit(lots: readonly Lot[]): void {
    this.options.dispatch(lots.filter(({ follows }) => !follows));
  }

  judged(judged: readonly Judged[]): void {
    const ended: Lot[] = [];
    const next: Lot[] = [];
    for (const { lot, verdict } of judged) {
      const split = splitIfRefused(lot, verdict, this.options);
      if (split !== undefined) {
        next.push(...split.again.slice(0, 1));
        ended.push(...split.ended);
        continue;
      }
      applyVerdict(lot, verdict);
      ended.push(lot);
      if (stopsItsLine(verdict)) ended.push(...stopFollowers(lot, verdict));
      else if (lot.next !== undefined && !lot.next.settled) next.push(lot.next);
    }
    this.options.outstanding.finish(ended);
    if (next.length > 0) this.options.dispatch(next);
  }

  mayGo(): boolean {
    return true;
  }

  /** None ever is. */
  takenBack(): void {}

  expire(lot: Lot): void {
    this.options.outstanding.finish(endAtDeadline(lot));
  }

  /** Knows nothing of any topic. */
  forget(): void {}

  /** Nothing waits here. */
  stop(): void {}
}

/** What is given up at its delivery deadline must not be overtaken by its followers either. Answers with all that ends. */
export function endAtDeadline(lot: Lot): Lot[] {
  const verdict = pastDeadline(lot);
  applyVerdict(lot, verdict);
  return [lot, ...stopFollowers(lot, verdict)];
}

/** Once kafkajs has it, nobody can say that it will not be written. */
export function pastDeadline({ maybeWritten, handedOver, topic, partition }: Lot): Failed | Unknown {
  const maySo = maybeWritten || handedOver;
  const state = maySo ? 'it may still be written' : 'it was not sent';
  const error = new ProducerError(
    'REQUEST_TIMED_OUT',
    `topic '${topic}', partition ${partition}: not confirmed before its delivery deadline; ${state}`,
    { stage, retriable: true },
  );
  return maySo ? unknown(error) : failed(error);
}

/** What becomes of records that were refused together. */
export interface Split {
  /** Go on in this order, in the lot's place. */
  readonly again: readonly Lot[];
  /** Have their outcome. */
  readonly ended: readonly Lot[];
}

/**
 * Records that were refused together are too large together, or some of them are wrong. Where the broker says which, those fail and
 * the others go on; else they go on in halves. What is refused alone has failed.
 */
export function splitIfRefused(
  lot: Lot,
  verdict: Verdict,
  { outstanding, table }: FlowOptions,
): Split | undefined {
  if (lot.settled || lot.unanswered !== undefined || lot.deliveries.length < 2) return undefined;
  if (verdict.status !== 'failed') return undefined;
  const { code, kafka, retriable } = verdict.error;
  if (lot.blamed.size > 0 && !retriable) return withoutBlamed(lot, verdict, outstanding);
  const isTooLarge = code === 'RECORD_TOO_LARGE';
  const isOfOne = code === 'INVALID_RECORD' || (kafka !== undefined && protocolError(kafka.code).splittable);
  if (!isTooLarge && !isOfOne) return undefined;
  if (isTooLarge) table.refused(lot.topic, lot.bytes);
  const again = lot.halves();
  outstanding.replace(lot, again);
  return { again, ended: [] };
}

function withoutBlamed(lot: Lot, verdict: Failed, outstanding: Outstanding): Split | undefined {
  if (lot.blamed.size === lot.deliveries.length) return undefined;
  const { rest, blamed } = lot.apart();
  outstanding.replace(lot, [rest, blamed]);
  applyVerdict(blamed, verdict);
  return { again: [rest], ended: [blamed] };
}

/** What may be tried again must not be overtaken. */
export const stopsItsLine = (verdict: Verdict): boolean =>
  verdict.status === 'unknown' || (verdict.status === 'failed' && verdict.error.retriable);

/** The lots behind one that may be tried again fail unsent; answers with them. */
export function stopFollowers(lot: Lot, verdict: Verdict): Lot[] {
  const followers = lot.followers();
  if (verdict.status === 'delivered' || followers.length === 0) return [];
  const outcome = notWritten(verdict.error);
  for (const follower of followers) applyVerdict(follower, outcome);
  return followers;
}

/** For what is behind records that may be tried again: so can it be. */
export const notWritten = ({ code, message, kafka, retryAfter }: ProducerError): Failed =>
  failed(
    new ProducerError(
      code,
      `not written, as earlier records for its partition were not delivered: ${message}`,
      {
        kafka,
        retryAfter,
        retriable: true,
        stage,
      },
    ),
  );
