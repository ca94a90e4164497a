import type { Env } from '@holdfast/core/stage';
import * as errors from '../errors.js';
import '../events.js';

/**
 * Reports the times in which the disk takes no records, and counts what goes to Kafka without the
 * journal meanwhile.
 */
export class StallMonitor {
  /** Records that bypassed the journal since the start. */
  bypassed = 0;
  /** Of these, the ones that are not settled. */
  openRecords = 0;
  openBytes = 0;
  private bypassedInStall = 0;
  private startedAt = 0;

  constructor(
    private readonly env: Pick<Env, 'clock' | 'events' | 'logger'>,
    private readonly whenFull: string,
  ) {}

  stalled(error: unknown): void {
    const { env, whenFull } = this;
    const code = errors.stallCode(error);
    this.startedAt = env.clock.now();
    env.events.emit('journal.stalled', { code });
    env.logger.warn('the journal takes no records now', { code, whenFull });
  }

  /**
   * Counts records that bypass the journal. The event comes once per stall: thousands may come one
   * by one.
   */
  bypass(records: number, bytes: number): void {
    const isFirst = this.bypassedInStall === 0;
    this.bypassed += records;
    this.openRecords += records;
    this.openBytes += bytes;
    this.bypassedInStall += records;
    if (isFirst && records > 0) this.env.events.emit('journal.bypassed', { records });
  }

  /** Notes that a record that bypassed the journal is settled. */
  settled(bytes: number): void {
    this.openRecords--;
    this.openBytes -= bytes;
  }

  resumed(): void {
    const stalledMs = this.env.clock.now() - this.startedAt;
    const bypassedRecords = this.bypassedInStall;
    this.bypassedInStall = 0;
    this.env.events.emit('journal.resumed', { stalledMs, bypassedRecords });
    this.env.logger.warn('the journal takes records again', {
      ...{ stalledMs: Math.round(stalledMs), bypassedRecords },
    });
  }
}
