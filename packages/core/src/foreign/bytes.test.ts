import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { isReadableBytes } from './bytes.js';

const transferred = (bytes: Uint8Array<ArrayBuffer>): Uint8Array => {
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
};
const shrunk = (view: (buffer: ArrayBuffer) => Uint8Array): Uint8Array => {
  // ES2024; Node.js 20 has it, the types of this language level do not.
  const buffer: ArrayBuffer = Reflect.construct(ArrayBuffer, [16, { maxByteLength: 32 }]) as ArrayBuffer;
  const made = view(buffer);
  Reflect.apply(Reflect.get(buffer, 'resize') as () => void, buffer, [4]);
  return made;
};
class Liar extends Uint8Array {
  override get length(): number {
    return 1_000;
  }
}
class Thrower extends Uint8Array {
  override get length(): number {
    throw new Error('a getter');
  }
}
const revoked = (): unknown => {
  const { proxy, revoke } = Proxy.revocable(new Uint8Array(1), {});
  revoke();
  return proxy;
};

describe('isReadableBytes', () => {
  it.each<[string, unknown]>([
    ['an array of bytes', new Uint8Array([1])],
    ['an empty array', new Uint8Array()],
    ['a Buffer', Buffer.from('a')],
    ['a part of a pooled buffer', Buffer.from('abc').subarray(1)],
    ['an empty part at the end of its buffer', new Uint8Array(new ArrayBuffer(4), 4)],
    ['shared memory', new Uint8Array(new SharedArrayBuffer(4))],
    ['empty shared memory', new Uint8Array(new SharedArrayBuffer(0))],
    ['an array of another realm', runInContext('new Uint8Array([1, 2])', createContext())],
    ['an empty array of another realm', runInContext('new Uint8Array(0)', createContext())],
    ['a view whose buffer shrank to the start of the view', shrunk((buffer) => new Uint8Array(buffer, 4))],
  ])('takes %s', (_, value) => {
    expect(isReadableBytes(value)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a Proxy of an array', new Proxy(new Uint8Array(1), {})],
    ['a revoked Proxy', revoked()],
    ['an object that only inherits from it', Object.create(Uint8Array.prototype)],
    ['an array whose buffer was transferred', transferred(new Uint8Array(4))],
    [
      'a view of a WebAssembly memory that grew',
      runInContext(
        'const memory = new WebAssembly.Memory({ initial: 1 }); const view = new Uint8Array(memory.buffer); memory.grow(1); view',
        createContext(),
      ),
    ],
    [
      'a length-tracking view of a buffer that shrank below it',
      shrunk((buffer) => new Uint8Array(buffer, 8)),
    ],
    ['a fixed view of a buffer that shrank below it', shrunk((buffer) => new Uint8Array(buffer, 0, 8))],
    ['an array that reports a false length', new Liar(1)],
    ['an array whose length throws', new Thrower(1)],
    ['another typed array', new Uint16Array(1)],
    ['a DataView', new DataView(new ArrayBuffer(1))],
    ['a buffer', new ArrayBuffer(1)],
    ['text', 'text'],
    ['undefined', undefined],
    ['null', null],
  ])('refuses %s', (_, value) => {
    expect(isReadableBytes(value)).toBe(false);
  });
});
