import type { Env } from '@holdfast/core/stage';
import '../events.js';
import { Feed } from './delivery-queue.js';
import { BacklogReader, type TopicSpan } from '../log/read/backlog-reader.js';
import { WritableSegment } from '../log/segments/writable-segment.js';
import type { OpenJournal } from '../open/open-journal.js';
import type { ResolvedJournalOptions } from '../options.js';
import { PausedTopics, type PausedTopicsOptions } from './paused-topics.js';

/** What goes down of a journal that has just been opened: first what it has on disk, then what comes; and what is left behind. */
export function openFeed(
  { segments, log, firstLive, sendTimes }: OpenJournal,
  { maxInFlightRecords, maxInFlightBytes, giveUpAfterMs }: ResolvedJournalOptions,
  { below, resends }: Pick<PausedTopicsOptions, 'below' | 'resends'>,
  env: Pick<Env, 'clock' | 'events' | 'logger'>,
): { readonly feed: Feed; readonly paused: PausedTopics } {
  const readerFrom = (from: number, span?: TopicSpan): BacklogReader =>
    new BacklogReader(
      segments,
      from,
      (segment, { start, end }) => {
        // Those of earlier starts were told of when they were found.
        if (!(segment instanceof WritableSegment)) return;
        const { path } = segment;
        env.events.emit('journal.damaged', { kind: 'corrupt', path, start, end, quarantine: undefined });
      },
      span,
    );
  const paused = new PausedTopics({ below, resends, env, reader: readerFrom, giveUpAfterMs, sendTimes });
  const feed = new Feed({
    paused,
    reader: readerFrom(firstLive),
    keepFrom: log.nextSequence,
    mostRecords: maxInFlightRecords,
    mostBytes: maxInFlightBytes,
    now: () => env.clock.now(),
    giveUpAfterMs,
    sendTimes,
    nextSequence: () => log.nextSequence,
  });
  return { feed, paused };
}
