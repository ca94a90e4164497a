import { isNativeError } from 'node:util/types';

/**
 * Returns whether the value is an error; never throws. It does not rely on the class alone: errors
 * of another realm (from `vm` and, in jest, from Node.js itself) inherit from another `Error`.
 */
export function isError(value: unknown): value is Error {
  if (isNativeError(value)) return true;
  try {
    // eslint-disable-next-line no-restricted-syntax -- librdkafka's errors only inherit from it
    return value instanceof Error || Object.prototype.toString.call(value) === '[object DOMException]';
  } catch {
    return false; // a revoked Proxy
  }
}
