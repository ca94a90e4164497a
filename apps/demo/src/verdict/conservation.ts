/** Holdfast's own counts at one instant: every record that was sent is in one of the others. */
export interface Terms {
  readonly sent: number;
  readonly delivered: number;
  readonly deadLettered: number;
  /** Accepted by the journal, which takes responsibility for them. */
  readonly accepted: number;
  readonly failed: number;
  readonly unknown: number;
  readonly held: number;
}

/** The checks of the terms during a run. */
export interface Conservation {
  /** At the end. */
  readonly terms: Terms;
  /** The number of checks. */
  readonly checks: number;
  /** Descriptions of the first few violations. */
  readonly breaches: readonly string[];
}

/**
 * The service's own counts at the same instant; callers that are never notified leave `unanswered`
 * open.
 */
export interface Counted {
  readonly sent: number;
  readonly unanswered: number | undefined;
}

const breachLimit = 5;

/** Checks the terms repeatedly, and compares them with the service's own counts. */
export class ConservationWatch {
  private checks = 0;
  private readonly breaches: string[] = [];

  look(terms: Terms, counted: Counted): void {
    this.checks++;
    const { sent, held } = terms;
    const problems: string[] = [];
    const sum = sumOf(terms);
    if (sum !== sent) problems.push(`the terms make ${sum}, and ${sent} were sent`);
    if (counted.sent !== sent) problems.push(`the service sent ${counted.sent}, and stats() says ${sent}`);
    const { unanswered = held } = counted;
    if (unanswered !== held) problems.push(`${unanswered} have no answer, and stats() says ${held} are held`);
    for (const problem of problems) {
      if (this.breaches.length < breachLimit) this.breaches.push(`${problem} (look ${this.checks})`);
    }
  }

  report(terms: Terms): Conservation {
    return { terms, checks: this.checks, breaches: [...this.breaches] };
  }
}

const sumOf = ({ delivered, deadLettered, accepted, failed, unknown, held }: Terms): number =>
  delivered + deadLettered + accepted + failed + unknown + held;

/** Where the independent reader found the records. */
export interface Places {
  readonly sent: number;
  /** In its own topic. */
  readonly inTopic: number;
  /** Among the dead letters, and not in its own topic. */
  readonly deadLettered: number;
}

/**
 * Returns how many records are in no place and no term, or in more than one: 0 unless the sum is
 * broken. A record that is `unknown` may be in its topic.
 */
export function unaccounted(
  { sent, inTopic, deadLettered }: Places,
  { failed, unknown, held }: Pick<Terms, 'failed' | 'unknown' | 'held'>,
): number {
  const nowhere = sent - inTopic - deadLettered - failed - held;
  if (nowhere < 0) return -nowhere;
  return Math.max(0, nowhere - unknown);
}
