import { isUint8Array } from 'node:util/types';

const prototype: unknown = Object.getPrototypeOf(Uint8Array.prototype);
const length = Object.getOwnPropertyDescriptor(prototype, 'length');
/** The length that the engine keeps, whatever a subclass or a property of the object's own says. */
const realLength = (bytes: Uint8Array): unknown => length?.get?.call(bytes);

/**
 * Whether this is a `Uint8Array` whose bytes can be read now; never throws. Judged by what it is inside and not by its class: one
 * made in another realm (`vm`, jest) is as good as one made here, and what merely looks like one (a Proxy,
 * `Object.create(Uint8Array.prototype)`) is none. One that lost its memory is none either: its buffer was transferred or shrunk, or
 * belongs to a WebAssembly memory that grew. Nor is one whose `length` is not its real one: whoever makes room for it would make too
 * little. Shared memory is fine.
 */
export function isReadableBytes(value: unknown): value is Uint8Array {
  if (!isUint8Array(value)) return false;
  try {
    if (value.length !== realLength(value)) return false;
    // Node.js 20 lacks `ArrayBuffer.prototype.detached`: only an attempt tells an empty array from one that lost its memory.
    return value.length > 0 || new Uint8Array(value).length === 0;
  } catch {
    return false;
  }
}
