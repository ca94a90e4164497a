import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { ProducerError } from '../contract/error.js';
import { isError } from './is-error.js';
import { nameOf } from './name-of.js';
import { codeOf } from './system-code.js';

const elsewhere = createContext();
const there = (code: string): unknown => runInContext(code, elsewhere);
const revoked = (): unknown => {
  const { proxy, revoke } = Proxy.revocable(new Error('x'), {});
  revoke();
  return proxy;
};

describe('isError', () => {
  it.each<[string, unknown]>([
    ['an error of this realm', new RangeError('x')],
    ['a ProducerError', new ProducerError('CLOSED', 'x')],
    ['an error of another realm', there('new Error("x")')],
    ['a subclass of another realm', there('new (class Own extends TypeError {})("x")')],
    ['the reason of an aborted signal', AbortSignal.abort().reason],
    ['an object that only inherits from Error, like those of librdkafka', Object.create(Error.prototype)],
  ])('takes %s', (_, error) => {
    expect(isError(error)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['text', 'Error: x'],
    ['a look-alike', { name: 'Error', message: 'x' }],
    ['a revoked Proxy', revoked()],
    ['null', null],
  ])('refuses %s', (_, value) => {
    expect(isError(value)).toBe(false);
  });

  it('allows reading the code and the name of an error of another realm', () => {
    const error = there('Object.assign(new TypeError("x"), { code: "ENOENT" })');
    expect(codeOf(error)).toBe('ENOENT');
    expect(nameOf(error)).toBe('TypeError');
    expect(nameOf(revoked())).toBe('object');
  });
});
