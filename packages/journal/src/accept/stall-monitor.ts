import type { Env } from '@holdfast/core/stage';
import '../events.js';
import * as errors from '../errors.js';

/** Tells of the time in which the disk takes nothing, and counts what goes to Kafka without the journal. */
export class Stall {
  /** Records that went past the journal since the start. */
  bypassed = 0;
  /** Of these, the ones that are not settled. */
  bypassedHeld = 0;
  bypassedHeldBytes = 0;
  private bypassedNow = 0;
  private at = 0;

  constructor(
    private readonly env: Pick<Env, 'clock' | 'events' | 'logger'>,
    private readonly whenFull: string,
  ) {}

  begins(error: unknown): void {
    const { env, whenFull } = this;
    const code = errors.stallCode(error);
    this.at = env.clock.now();
    env.events.emit('journal.stalled', { code });
    env.logger.warn('the journal takes no records now', { code, whenFull });
  }

  /** Told once: thousands of records may come one by one. */
  bypass(records: number, bytes: number): void {
    const isFirst = this.bypassedNow === 0;
    this.bypassed += records;
    this.bypassedHeld += records;
    this.bypassedHeldBytes += bytes;
    this.bypassedNow += records;
    if (isFirst && records > 0) this.env.events.emit('journal.bypassed', { records });
  }

  ends(): void {
    const stalledMs = this.env.clock.now() - this.at;
    const bypassedRecords = this.bypassedNow;
    this.bypassedNow = 0;
    this.env.events.emit('journal.resumed', { stalledMs, bypassedRecords });
    this.env.logger.warn('the journal takes records again', {
      ...{ stalledMs: Math.round(stalledMs), bypassedRecords },
    });
  }
}
