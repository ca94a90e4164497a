import { unaccounted, type Places } from './conservation.js';
import type { Ledger } from './ledger.js';

/**
 * Where Holdfast's records were at the end: by its own counts, and by those of the independent
 * reader.
 */
export interface Tally {
  /** Counted in the dead-letter topic and files. */
  readonly deadLettered: number;
  /** Of these: sent again and delivered once the cause was gone. */
  readonly replayed: number;
  /** Sent once more by a second replay, which should find nothing to do. */
  readonly replayedAgain: number;
  /** From `stats()`: certainly not in Kafka. */
  readonly failed: number;
  /** From `stats()`: perhaps in Kafka. Where the service was killed: records without an answer. */
  readonly unknown: number;
  /** From `stats()`: still on their way. */
  readonly held: number;
  /** sent - inTopic - deadLettered - failed - unknown - held: 0, or conservation is broken. */
  readonly unaccounted: number;
  /** How often the sum was checked during the run. */
  readonly conservationChecks: number;
  readonly breaches: readonly string[];
}

export interface Replayed {
  readonly replayed: number;
  readonly replayedAgain: number;
}

/** Undefined for a plain client. */
export function tallyOf(
  { conservation }: Pick<Ledger, 'conservation'>,
  places: Places & { readonly unanswered: number },
  { replayed, replayedAgain }: Replayed = { replayed: 0, replayedAgain: 0 },
): Tally | undefined {
  if (conservation === undefined) return undefined;
  const { terms, checks, breaches } = conservation;
  const { failed, held } = terms;
  const unknown = terms.unknown + Math.max(0, places.unanswered - held);
  const { deadLettered } = places;
  return {
    ...{ deadLettered, replayed, replayedAgain, failed, unknown, held },
    unaccounted: unaccounted(places, { failed, unknown, held }),
    conservationChecks: checks,
    breaches,
  };
}
