import { isUint8Array } from 'node:util/types';
import type { JournalKey } from '@holdfast/journal';
import { UsageError } from '../arguments/usage-error.js';
import type { Context } from '../context.js';
import { kindOf, loadModule } from './load-module.js';

const option = 'keys';
const keyBytes = 32;

/** The keys of an encrypted journal. They come from a module, as a command line can be read by others. */
export async function loadKeys(path: string | undefined, context: Context): Promise<readonly JournalKey[]> {
  if (path === undefined) return [];
  const { path: file, exports } = await loadModule(option, path, context);
  const keys: unknown = await exports['default'];
  if (Array.isArray(keys) && keys.length > 0 && keys.every(isKey)) return keys;
  throw new UsageError([
    `--${option}: the default export of '${file}' must be keys, [{ id, key }], a text and ${keyBytes} bytes each, and is ${kindOf(keys)}${Array.isArray(keys) ? ' of something else' : ''}`,
  ]);
}

const isKey = (value: unknown): value is JournalKey =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  typeof value.id === 'string' &&
  'key' in value &&
  isUint8Array(value.key) &&
  value.key.length === keyBytes;
