import '../events.js';
import { LogThrottle } from '@holdfast/core/internal';
import { CodeCounter, type Env } from '@holdfast/core/stage';
import { isByDesign, type Letter } from '../letter/pending-letter.js';
import type { Sink, SinkName } from '../sinks/sink.js';
import type { SinkStats } from '../stats.js';

/** Tells what becomes of letters: counts, events, and lines of the log, without a byte of any record. */
export class Reports {
  private readonly taken = { topic: new Taken(), file: new Taken(), callback: new Taken() };
  refused = 0;
  /** Refusals that were told of a sink, until it takes something again. */
  private readonly told = new Map<SinkName, Set<string>>();
  private lossTold = false;
  private readonly throwersTold = new Set<string>();
  private readonly throttle: LogThrottle;

  constructor(private readonly env: Pick<Env, 'clock' | 'events' | 'logger'>) {
    this.throttle = new LogThrottle(env.clock);
  }

  took({ name }: Sink, letters: readonly Letter[]): void {
    const taken = this.taken[name];
    taken.records += letters.length;
    if (this.told.delete(name)) this.env.logger.warn(`the ${name} sink takes dead letters again`);
    if (this.lossTold) this.env.logger.warn(`dead letters are taken again, by the ${name} sink`);
    this.lossTold = false;
    const groups = grouped(letters, ({ to, delivery, outcome }) => [
      to,
      delivery.record.topic,
      outcome.error.code,
    ]);
    for (const { first, records } of groups) {
      const { to = '', delivery, outcome } = first;
      const { topic } = delivery.record;
      const { code, message } = outcome.error;
      taken.byCode.add(code, records);
      if (this.env.events.has('deadLetter')) this.env.events.emit('deadLetter', { records, topic, to, code });
      this.sayOf(topic, code, { to, message });
    }
  }

  takenBy({ name }: Sink): SinkStats {
    const { records, byCode } = this.taken[name];
    return { takenRecords: records, takenByCode: byCode.counts() };
  }

  /** Who sends without waiting hears of it here. */
  private sayOf(topic: string, code: string, more: { readonly to: string; readonly message: string }): void {
    if (this.throttle.isDue(topic, code))
      this.env.logger.warn(`records of topic '${topic}' go to the dead letters: ${code}`, more);
  }

  sinkRefused({ name: sink }: Sink, letters: readonly Letter[], isLast: boolean): void {
    for (const { first, records } of grouped(letters, ({ refusal }) => [refusal])) {
      const { refusal } = first;
      if (this.env.events.has('deadLetter.refused'))
        this.env.events.emit('deadLetter.refused', { records, sink, refusal });
      // That a record does not go to the topic is no news when it never could.
      if (!isLast && !isByDesign(refusal)) this.complain(sink, refusal, records);
    }
  }

  lost(letters: readonly Letter[]): void {
    this.refused += letters.length;
    const groups = grouped(letters, ({ delivery, outcome, refusal }) => [
      delivery.record.topic,
      outcome.error.code,
      refusal,
    ]);
    for (const { first, records } of groups) {
      const { delivery, outcome, refusal } = first;
      const told = { records, topic: delivery.record.topic, code: outcome.error.code, refusal };
      if (this.env.events.has('deadLetter.failed')) this.env.events.emit('deadLetter.failed', told);
      if (this.lossTold) continue;
      this.lossTold = true;
      this.env.logger.error(
        'no sink takes dead letters: records end as failed or unknown, and who sent them hears of it; what a journal has accepted it keeps and tries again; listen to deadLetter.failed for each',
        told,
      );
    }
  }

  /** A function of the user's threw. */
  readonly threw = (what: string, error: unknown): void => {
    this.env.events.emit('callbackError', { error });
    if (this.throwersTold.has(what)) return;
    this.throwersTold.add(what);
    this.env.logger.error(`${what} of deadLetterQueue threw; see the event callbackError`);
  };

  private complain(sink: SinkName, refusal: string, records: number): void {
    let codes = this.told.get(sink);
    if (codes?.has(refusal)) return;
    if (codes === undefined) this.told.set(sink, (codes = new Set()));
    codes.add(refusal);
    this.env.logger.warn(`the ${sink} sink does not take dead letters; they go to the next`, {
      refusal,
      records,
    });
  }
}

class Taken {
  records = 0;
  readonly byCode = new CodeCounter();
}

interface Group {
  readonly first: Letter;
  records: number;
}

function grouped(
  letters: readonly Letter[],
  by: (letter: Letter) => readonly (string | undefined)[],
): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const letter of letters) {
    const key = by(letter).join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: letter, records: 1 });
    else group.records++;
  }
  return groups.values();
}
