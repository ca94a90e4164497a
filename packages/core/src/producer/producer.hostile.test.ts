import { describe, expect, it } from 'vitest';
import { turn } from '../contract/deliveries.fixture.js';
import { order, setUp } from './producer.fixture.js';
import { SerializedRecord } from '../contract/record.js';

const thrower = (): never => {
  throw new Error('a trap');
};
const trapped: ProxyHandler<object> = new Proxy({}, { get: () => thrower });
const revoked = (target: object): never => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy as never;
};
const gone = (): Uint8Array => {
  const bytes = new Uint8Array(8);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
};
class Liar extends Uint8Array {
  override get length(): number {
    return 2 ** 30;
  }
}

/** What is given in the place of bytes and is none; each is made anew, as some are used up. */
const noBytes: readonly [string, () => unknown][] = [
  ['a Proxy of a Uint8Array', () => new Proxy(new Uint8Array(3), {})],
  ['a Proxy of a Buffer', () => new Proxy(Buffer.from('abc'), {})],
  ['a revoked Proxy', () => revoked(new Uint8Array(3))],
  ['what only inherits from Uint8Array', (): unknown => Object.create(Uint8Array.prototype)],
  ['what only inherits from Buffer', (): unknown => Object.setPrototypeOf({}, Buffer.prototype as object)],
  ['bytes whose buffer was transferred', gone],
  ['bytes that say another length', () => new Liar(3)],
  ['an object whose every property throws', () => new Proxy({}, trapped)],
  ['a text that throws', () => ({ toString: thrower, valueOf: thrower, [Symbol.toPrimitive]: thrower })],
  ['a symbol', () => Symbol('s')],
  ['a bigint', () => 5n],
  ['a number', () => NaN],
];

const hostile: readonly [string, () => unknown][] = [
  ...noBytes.flatMap(([name, make]): [string, () => unknown][] => [
    [`${name} as key`, () => ({ topic: 'orders', key: make(), value: 'v' })],
    [`${name} as value`, () => ({ topic: 'orders', key: 'k', value: make() })],
    [`${name} as key and value`, () => ({ topic: 'orders', key: make(), value: make() })],
    [`${name} as a header`, () => ({ topic: 'orders', value: 'v', headers: { h: make() } })],
    [`${name} as one of a header's`, () => ({ topic: 'orders', value: 'v', headers: { h: ['a', make()] } })],
    [`${name} as headers`, () => ({ topic: 'orders', value: 'v', headers: make() })],
    [`${name} as topic`, () => ({ topic: make(), value: 'v' })],
    [`${name} as partition`, () => ({ topic: 'orders', value: 'v', partition: make() })],
    [`${name} as timestamp`, () => ({ topic: 'orders', value: 'v', timestamp: make() })],
    [`${name} as the record`, make],
    [
      `${name} in a record that is serialised already`,
      (): unknown => Reflect.construct(SerializedRecord, ['orders', make(), make(), undefined, undefined, 0]),
    ],
    [
      `${name} as a header of a record that is serialised already`,
      (): unknown => Reflect.construct(SerializedRecord, ['orders', null, null, { h: make() }, undefined, 0]),
    ],
  ]),
  ['a getter that throws', () => Object.defineProperty(order('v'), 'value', { get: thrower })],
  ['a revoked record', () => revoked(order('v'))],
  ['a revoked serialised record', () => revoked(new SerializedRecord('t', null, null, {}, undefined, 0))],
  ['headers that throw', () => ({ ...order('v'), headers: new Proxy({}, { ownKeys: thrower }) })],
  ['a revoked list of a header', () => ({ ...order('v'), headers: { h: revoked([]) } })],
];

describe('a record that is none', () => {
  it.each(hostile)('%s: fails alone, its neighbours arrive, and flush ends', async (_, make) => {
    const { producer, adapter } = await setUp({ failedLimit: 10 });
    const refused = { status: 'failed', error: { code: 'INVALID_RECORD' } };
    const sent = producer.sendBatch([order('a', 'k'), make(), order('b', 'k')] as never);
    const single: unknown = Reflect.apply(producer.send, producer, [make()]);
    await expect(single).rejects.toMatchObject({ code: 'INVALID_RECORD' });
    const called: unknown[] = [];
    Reflect.apply(producer.send, producer, [make(), (error: unknown) => called.push(error)]);
    expect(Reflect.apply(producer.fireAndForget, producer, [make()])).toBe(false);
    await turn();
    expect(called).toMatchObject([{ code: 'INVALID_RECORD' }]);
    expect(adapter.values).toEqual(['a', 'b']);
    adapter.answer();
    expect(await sent).toMatchObject([{ status: 'delivered' }, refused, { status: 'delivered' }]);
    await producer.flush();
    expect(producer.stats()).toMatchObject({ sent: 6, held: 0, delivered: 2, failed: 4 });
    expect(producer.failed).toHaveLength(4);
    await producer.close();
    const late: unknown = Reflect.apply(producer.send, producer, [make()]);
    await expect(late).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it.each(noBytes)('%s that a serializer makes', async (_, make) => {
    const { producer, adapter } = await setUp({
      serializers: { value: (data: string) => (data === 'wrong' ? (make() as string) : data) },
    });
    const sent = producer.sendBatch(['a', 'wrong', 'b'].map((value) => ({ topic: 'orders', value })));
    await turn();
    adapter.answer();
    expect((await sent).map(({ status }) => status)).toEqual(['delivered', 'failed', 'delivered']);
    await producer.flush();
  });
});
