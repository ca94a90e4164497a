import './events.js';
import type { Middleware } from '@holdfast/core';
import { readOptions } from '@holdfast/core/stage';
import { resolveOptions, type BufferOptions } from './options.js';
import { BufferStage } from './stage.js';

/**
 * Collects waiting records into batches, bounds the memory they take, and keeps the order within a
 * key: each lane has at most one batch in flight. Place it above retry: a record that retry holds
 * then blocks its own lane and no other.
 */
export function buffer(options: BufferOptions = {}): Middleware {
  const resolved = readOptions('buffer', () => resolveOptions(options));
  return {
    name: 'buffer',
    traits: { keepsLanes: true },
    bind: (next, env) => new BufferStage(resolved, next, env),
  };
}
