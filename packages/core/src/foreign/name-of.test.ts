import { expect, it } from 'vitest';
import { nameOf } from './name-of.js';

it('names an error, or the type of what was thrown, and never throws', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const thrown = [new TypeError('secret'), 'secret', undefined, proxy];
  expect(thrown.map(nameOf)).toEqual(['TypeError', 'string', 'undefined', 'object']);
});
