import type { Middleware } from '@holdfast/core';
import { readOptions } from '@holdfast/core/stage';
import { resolveOptions, type JournalOptions } from './options.js';
import { JournalStage } from './stage.js';

/**
 * Makes a write-ahead log in front of Kafka: what is acknowledged survives `kill -9`, power loss
 * and a full disk, and a backlog larger than memory waits on disk. It belongs above every stage
 * that may lose a record: dead-letter queue, buffer, retry.
 */
export function journal(options: JournalOptions): Middleware {
  const resolved = readOptions('journal', () => resolveOptions(options));
  return {
    name: 'journal',
    traits: {
      answers: resolved.acceptAfterMs === 0 ? 'acceptance' : 'delivery',
      acceptsAfterMs: resolved.acceptAfterMs,
      persists: true,
    },
    bind: (next, env) => new JournalStage(resolved, next, env),
  };
}
