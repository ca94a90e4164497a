import { isNativeError } from 'node:util/types';

/**
 * Whether this is an error; never throws. Not only by its class: an error of another realm (in jest, all that Node.js itself throws, and
 * what comes out of `vm`) is as good, and has another `Error` above it.
 */
export function isError(value: unknown): value is Error {
  if (isNativeError(value)) return true;
  try {
    // eslint-disable-next-line no-restricted-syntax -- librdkafka's errors inherit from it, and are made otherwise
    return value instanceof Error || Object.prototype.toString.call(value) === '[object DOMException]';
  } catch {
    return false; // a revoked Proxy
  }
}
