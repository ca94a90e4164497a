import { isProxy, isUint8Array } from 'node:util/types';
import { isReadableBytes } from './bytes.js';

const unreadable = 'an unreadable Uint8Array (its buffer was transferred or resized: send a copy)';

/**
 * Describes the type of an invalid value for a message, without its content, which may be a
 * payload. Never throws.
 */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (isProxy(value)) return 'a Proxy';
  if (Array.isArray(value)) return 'an array';
  if (isUint8Array(value)) return isReadableBytes(value) ? 'a Uint8Array' : unreadable;
  const type = typeof value;
  return type === 'object' ? 'an object' : `a ${type}`;
}
