const thrower = (): never => {
  throw new Error('a trap of hostileValues');
};
const traps = (): ProxyHandler<object> => new Proxy({}, { get: () => thrower });

/**
 * Returns values that JavaScript code may pass in place of anything, each with its name, created
 * anew at each call. Code that validates its input accepts such a value or rejects it with an error
 * of its own; it never lets an error thrown by reading the value escape.
 */
export function hostileValues(): readonly (readonly [name: string, value: unknown])[] {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return [
    ['null', null],
    ['a bigint', 5n],
    ['a symbol', Symbol('hostile')],
    ['NaN', NaN],
    ['an empty text', ''],
    ['a long text', 'x'.repeat(100_000)],
    ['true', true],
    ['a number', -1.5],
    ['an empty array', []],
    ['an array of nothing', [undefined, null, []]],
    ['an object whose text throws', { toString: thrower, valueOf: thrower, [Symbol.toPrimitive]: thrower }],
    [
      'an object whose properties throw',
      Object.defineProperty({}, 'name', { enumerable: true, get: thrower }),
    ],
    ['a function that throws', thrower],
    ['a Proxy that throws', new Proxy({}, traps())],
    ['a Proxy of an array that throws', new Proxy([], traps())],
    ['a revoked Proxy', proxy],
    ['a Map', new Map([['a', 1]])],
  ];
}
