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
    ['one of this realm', new RangeError('x')],
    ['one of ours', new ProducerError('CLOSED', 'x')],
    ['one of another realm', there('new Error("x")')],
    ['a subclass of another realm', there('new (class Own extends TypeError {})("x")')],
    ['the reason of an aborted signal', AbortSignal.abort().reason],
    ['what only inherits from Error, as those of librdkafka', Object.create(Error.prototype)],
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

  it('lets the code and the name of an error of another realm be read', () => {
    const error = there('Object.assign(new TypeError("x"), { code: "ENOENT" })');
    expect(codeOf(error)).toBe('ENOENT');
    expect(nameOf(error)).toBe('TypeError');
    expect(nameOf(revoked())).toBe('object');
  });
});
