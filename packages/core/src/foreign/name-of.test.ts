import { expect, it } from 'vitest';
import { nameOf } from './name-of.js';

it("returns an error's name, or the type of another thrown value, and never throws", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const thrown = [new TypeError('secret'), 'secret', undefined, proxy];
  expect(thrown.map(nameOf)).toEqual(['TypeError', 'string', 'undefined', 'object']);
});
