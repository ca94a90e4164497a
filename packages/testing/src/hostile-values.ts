const thrower = (): never => {
  throw new Error('a trap of hostileValues');
};
const traps = (): ProxyHandler<object> => new Proxy({}, { get: () => thrower });

/**
 * What JavaScript may give in the place of anything, each with its name; made anew at each call. Who checks what he is given takes it or
 * refuses it with an error of his own, and never passes on what reading it throws.
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
