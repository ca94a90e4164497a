import '../events.js';
import { LogThrottle } from '@holdfast/core/internal';
import { CodeCounter, type Env } from '@holdfast/core/stage';
import { isPermanentRefusal, type PendingLetter } from '../letter/pending-letter.js';
import type { Sink, SinkName } from '../sinks/sink.js';
import type { SinkStats } from '../stats.js';

/**
 * Reports what happens to letters, as counts, events and log lines. A log line never contains a
 * byte of a record.
 */
export class DeadLetterReporter {
  private readonly taken = { topic: new SinkCounts(), file: new SinkCounts(), callback: new SinkCounts() };
  refused = 0;
  /** Refusals that were logged, by sink, until the sink takes a letter again. */
  private readonly loggedRefusals = new Map<SinkName, Set<string>>();
  private isLossLogged = false;
  private readonly loggedFunctions = new Set<string>();
  private readonly throttle: LogThrottle;

  constructor(private readonly env: Pick<Env, 'clock' | 'events' | 'logger'>) {
    this.throttle = new LogThrottle(env.clock);
  }

  sinkTook({ name }: Sink, letters: readonly PendingLetter[]): void {
    const counts = this.taken[name];
    counts.records += letters.length;
    if (this.loggedRefusals.delete(name)) this.env.logger.warn(`the ${name} sink takes dead letters again`);
    if (this.isLossLogged) this.env.logger.warn(`dead letters are stored again: the ${name} sink takes them`);
    this.isLossLogged = false;
    const groups = groupBy(letters, ({ to, delivery, outcome }) => [
      to,
      delivery.record.topic,
      outcome.error.code,
    ]);
    for (const { first, records } of groups) {
      const { to = '', delivery, outcome } = first;
      const { topic } = delivery.record;
      const { code, message } = outcome.error;
      counts.byCode.add(code, records);
      if (this.env.events.has('deadLetter')) this.env.events.emit('deadLetter', { records, topic, to, code });
      // The only notice that a caller who sends without waiting gets.
      if (this.throttle.isDue(topic, code))
        this.env.logger.warn(`records of topic '${topic}' are dead-lettered: ${code}`, { to, message });
    }
  }

  statsOf({ name }: Sink): SinkStats {
    const { records, byCode } = this.taken[name];
    return { takenRecords: records, takenByCode: byCode.counts() };
  }

  sinkRefused({ name: sink }: Sink, letters: readonly PendingLetter[], isLast: boolean): void {
    for (const { first, records } of groupBy(letters, ({ refusal }) => [refusal])) {
      const { refusal } = first;
      if (this.env.events.has('deadLetter.refused'))
        this.env.events.emit('deadLetter.refused', { records, sink, refusal });
      // A permanent refusal follows from the record and the options. It is not worth a warning.
      if (!isLast && !isPermanentRefusal(refusal)) this.logRefusal(sink, refusal, records);
    }
  }

  allRefused(letters: readonly PendingLetter[]): void {
    this.refused += letters.length;
    const groups = groupBy(letters, ({ delivery, outcome, refusal }) => [
      delivery.record.topic,
      outcome.error.code,
      refusal,
    ]);
    for (const { first, records } of groups) {
      const { delivery, outcome, refusal } = first;
      const details = { records, topic: delivery.record.topic, code: outcome.error.code, refusal };
      if (this.env.events.has('deadLetter.failed')) this.env.events.emit('deadLetter.failed', details);
      if (this.isLossLogged) continue;
      this.isLossLogged = true;
      this.env.logger.error(
        'no sink takes dead letters: records end as failed or unknown, and their senders are notified; a journal keeps the records that it has accepted and retries them; the event deadLetter.failed reports each',
        details,
      );
    }
  }

  /** Reports that a function of the user's threw. `name` is its option. */
  readonly userFunctionThrew = (name: string, error: unknown): void => {
    this.env.events.emit('callbackError', { error });
    if (this.loggedFunctions.has(name)) return;
    this.loggedFunctions.add(name);
    this.env.logger.error(`${name} of deadLetterQueue threw; see the event callbackError`);
  };

  private logRefusal(sink: SinkName, refusal: string, records: number): void {
    let codes = this.loggedRefusals.get(sink);
    if (codes?.has(refusal)) return;
    if (codes === undefined) this.loggedRefusals.set(sink, (codes = new Set()));
    codes.add(refusal);
    this.env.logger.warn(`the ${sink} sink refuses dead letters; the next sink gets them`, {
      refusal,
      records,
    });
  }
}

class SinkCounts {
  records = 0;
  readonly byCode = new CodeCounter();
}

interface Group {
  readonly first: PendingLetter;
  records: number;
}

function groupBy(
  letters: readonly PendingLetter[],
  keyOf: (letter: PendingLetter) => readonly (string | undefined)[],
): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const letter of letters) {
    const key = keyOf(letter).join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: letter, records: 1 });
    else group.records++;
  }
  return groups.values();
}
