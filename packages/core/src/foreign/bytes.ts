import { isUint8Array } from 'node:util/types';

const prototype: unknown = Object.getPrototypeOf(Uint8Array.prototype);
const length = Object.getOwnPropertyDescriptor(prototype, 'length');
/** Returns the engine's own length, which a subclass or an own property cannot override. */
const realLength = (bytes: Uint8Array): unknown => length?.get?.call(bytes);

/**
 * Returns whether the value is a `Uint8Array` whose bytes can be read now; never throws. It checks
 * the internal type, not the class: an array of another realm (`vm`, jest) passes, while an
 * imitation (a Proxy, `Object.create(Uint8Array.prototype)`) does not. An array that lost its
 * memory fails as well: its buffer was transferred or shrunk, or belongs to a WebAssembly memory
 * that grew. So does one whose `length` is not its real length: a buffer allocated for it would be
 * too small. Shared memory passes.
 */
export function isReadableBytes(value: unknown): value is Uint8Array {
  if (!isUint8Array(value)) return false;
  try {
    if (value.length !== realLength(value)) return false;
    // Node.js 20 lacks `ArrayBuffer.prototype.detached`: only an attempt to read tells an empty
    // array from a detached one.
    return value.length > 0 || new Uint8Array(value).length === 0;
  } catch {
    return false;
  }
}
