import { isUint8Array } from 'node:util/types';
import type { JournalKey } from '@holdfast/journal';
import type { Context } from '../context.js';
import { notKeys } from '../errors.js';
import { kindOf, loadModule } from './load-module.js';

const keyBytes = 32;

/**
 * Loads the keys of an encrypted journal. They come from a module, as others can read a command
 * line.
 */
export async function loadKeys(path: string | undefined, context: Context): Promise<readonly JournalKey[]> {
  if (path === undefined) return [];
  const { path: file, exports } = await loadModule('keys', path, context);
  const keys: unknown = await exports['default'];
  if (Array.isArray(keys) && keys.length > 0 && keys.every(isKey)) return keys;
  throw notKeys(file, keyBytes, `${kindOf(keys)}${Array.isArray(keys) ? ' of something else' : ''}`);
}

const isKey = (value: unknown): value is JournalKey =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  typeof value.id === 'string' &&
  'key' in value &&
  isUint8Array(value.key) &&
  value.key.length === keyBytes;
