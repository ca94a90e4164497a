import { failed, type Delivery, type Env, type Send, type Settle, type Stage } from '@holdfast/core/stage';
import * as errors from './errors.js';
import './events.js';
import { openJournal } from './open/open-journal.js';
import type { ResolvedJournalOptions } from './options.js';
import { Pipeline } from './pipeline.js';
import { statsOf, type JournalStats } from './stats.js';

/**
 * Writes each record to disk before it goes down, and keeps it there until Kafka has it. The
 * caller's deliveries are settled by the journal; what goes down are deliveries of its own. This
 * class is the life cycle; the work is done by the {@link Pipeline}, which exists as long as the
 * journal is open.
 */
export class JournalStage implements Stage {
  private pipeline: Pipeline | undefined;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly options: ResolvedJournalOptions,
    private readonly next: Send,
    private readonly env: Env,
  ) {}

  async start(signal: AbortSignal): Promise<void> {
    const { options, env } = this;
    const journal = await openJournal(options, env, signal);
    this.pipeline = new Pipeline(journal, options, env, this.next);
  }

  send(batch: Delivery[], settle: Settle): void {
    if (this.pipeline !== undefined) return this.pipeline.send(batch, settle);
    const error = errors.closed();
    for (const delivery of batch) delivery.outcome = failed(error);
    settle(batch);
  }

  ready(): Promise<void> | undefined {
    return this.pipeline?.ready();
  }

  async flush(deadline: number): Promise<void> {
    await this.pipeline?.flush(deadline);
  }

  close(deadline: number): Promise<void> {
    return (this.closing ??= this.pipeline?.close(deadline) ?? Promise.resolve());
  }

  kept(): number {
    return this.pipeline?.journal.segments.live ?? 0;
  }

  stats(): JournalStats {
    return statsOf(this.pipeline, this.options.maxBytes, this.env.clock.now());
  }
}
