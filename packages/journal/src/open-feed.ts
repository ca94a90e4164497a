import type { Env } from '@holdfast/core';
import './events.js';
import { Feed } from './feed.js';
import { BacklogReader } from './log/backlog-reader.js';
import { WritableSegment } from './log/segments.js';
import type { OpenJournal } from './open-journal.js';
import type { ResolvedJournalOptions } from './options.js';

/** What goes down of a journal that has just been opened: first what it has on disk, then what comes. */
export function openFeed(
  { segments, log, firstLive }: OpenJournal,
  { maxInFlightRecords, maxInFlightBytes, giveUpAfterMs }: ResolvedJournalOptions,
  { clock, events }: Pick<Env, 'clock' | 'events'>,
): Feed {
  const reader = new BacklogReader(segments, firstLive, (segment, { start, end }) => {
    // Those of earlier starts were told of when they were found.
    if (!(segment instanceof WritableSegment)) return;
    const { path } = segment;
    events.emit('journal.damaged', { kind: 'corrupt', path, start, end, quarantine: undefined });
  });
  return new Feed({
    reader,
    keepFrom: log.nextSequence,
    mostRecords: maxInFlightRecords,
    mostBytes: maxInFlightBytes,
    now: () => clock.now(),
    giveUpAfterMs,
    nextSequence: () => log.nextSequence,
  });
}
