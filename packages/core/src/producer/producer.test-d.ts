import { createProducer } from './producer.js';
import type { Accepted, Delivered, Outcome, Receipt } from '../contract/outcome.js';
import type { Adapter } from '../contract/adapter.js';
import type { Bytes, GivenRecord, SerializedRecord } from '../contract/record.js';
import type { Producer } from './producer.js';
import type { CloseResult } from './errors.js';
import type { DeliveryError } from '../contract/delivery-error.js';
import type { ErrorCode } from '../contract/error.js';
import type { FailedRecord } from './failed-records.js';
import type { ProducerOptions } from './producer-options.js';
import type { SendCallback } from './completion.js';
import type { Writable } from 'node:stream';
import { expectTypeOf } from 'vitest';

declare const client: Adapter;
declare const producer: Producer;

// send: a promise without a callback, nothing with one
expectTypeOf(producer.send({ topic: 't', value: 'v' })).toEqualTypeOf<Promise<Receipt>>();
expectTypeOf(
  producer.send({ topic: 't', value: null }, (error, receipt) => {
    expectTypeOf(error).toEqualTypeOf<DeliveryError | null>();
    expectTypeOf(receipt).toEqualTypeOf<Receipt | undefined>();
  }),
).toEqualTypeOf<void>();
// there is a receipt when there is no error, and the other way round
producer.send({ topic: 't', value: null }, (error, receipt) => {
  if (error) expectTypeOf(error).toEqualTypeOf<DeliveryError>();
  else expectTypeOf(receipt).toEqualTypeOf<Receipt>();
});
producer.send({ topic: 't', value: null }, (error, receipt) => {
  if (error !== null) return;
  expectTypeOf(receipt.status).toEqualTypeOf<'delivered' | 'accepted'>();
});
// callbacks that look at less, or allow for more
producer.send({ topic: 't', value: null }, () => undefined);
producer.send({ topic: 't', value: null }, (error) => error?.code);
producer.send({ topic: 't', value: null }, (error: Error | null) => void error);
producer.send({ topic: 't', value: null }, (_: DeliveryError | null, receipt?: Receipt) => receipt?.status);
declare const loose: SendCallback;
producer.send({ topic: 't', value: null }, loose);
export const promised = new Promise<Receipt>((resolve, reject) => {
  producer.send({ topic: 't', value: null }, (error, receipt) => (error ? reject(error) : resolve(receipt)));
});
expectTypeOf<Receipt>().toEqualTypeOf<Delivered | Accepted>();
expectTypeOf(producer.sendBatch([{ topic: 't', value: new Uint8Array() }])).toEqualTypeOf<
  Promise<Outcome[]>
>();
expectTypeOf(producer.fireAndForget({ topic: 't', value: 'v' })).toEqualTypeOf<boolean>();
expectTypeOf(producer.ready()).toEqualTypeOf<Promise<void> | undefined>();
expectTypeOf(producer.close()).toEqualTypeOf<Promise<CloseResult>>();
expectTypeOf(producer.writable()).toEqualTypeOf<Writable>();
expectTypeOf(producer).toExtend<AsyncDisposable>();

// what no record is
// @ts-expect-error a record has a topic
void producer.send({ value: 'v' });
// @ts-expect-error and a value, if only null
void producer.send({ topic: 't' });
// @ts-expect-error without serializers a value is bytes, text or null
void producer.send({ topic: 't', value: { a: 1 } });
// @ts-expect-error a header is bytes or text
void producer.send({ topic: 't', value: 'v', headers: { trace: 5 } });
// @ts-expect-error a partition is a number
void producer.send({ topic: 't', value: 'v', partition: '1' });
// @ts-expect-error it is called partition
void producer.send({ topic: 't', value: 'v', partiton: 1 });

// the types of key and value come from the serializers
export const typed = createProducer({
  adapter: client,
  serializers: {
    key: (id: number) => String(id),
    value: async (order: { readonly total: number }, { topic, field }) => {
      expectTypeOf(topic).toEqualTypeOf<string>();
      expectTypeOf(field).toEqualTypeOf<'key' | 'value'>();
      return JSON.stringify(order);
    },
  },
});
type Typed = Awaited<typeof typed>;
expectTypeOf<Typed>().toEqualTypeOf<Producer<number, { readonly total: number }>>();
declare const orders: Typed;
void orders.send({ topic: 't', key: 1, value: { total: 5 } });
void orders.send({ topic: 't', value: null });
// @ts-expect-error the serializer takes a number
void orders.send({ topic: 't', key: 'one', value: { total: 5 } });
// @ts-expect-error and an order
void orders.sendBatch([{ topic: 't', key: 1, value: 'v' }]);

// what failed can be sent again, whatever the serializers take
for (const one of orders.takeFailed()) {
  expectTypeOf(one).toEqualTypeOf<FailedRecord<number, { readonly total: number }>>();
  void orders.send(one.original ?? one.record);
}
expectTypeOf(orders.failed).toEqualTypeOf<readonly FailedRecord<number, { readonly total: number }>[]>();
declare const bytes: SerializedRecord;
orders.fireAndForget(bytes);
void createProducer({
  adapter: client,
  serializers: { value: (order: { readonly total: number }) => String(order.total) },
  onUndeliverable: (record, outcome, original) => {
    expectTypeOf(record).toEqualTypeOf<SerializedRecord>();
    expectTypeOf(outcome.status).toEqualTypeOf<'failed' | 'unknown'>();
    expectTypeOf(original).toExtend<GivenRecord<Bytes, { readonly total: number }> | undefined>();
  },
});

// without serializers both are bytes
expectTypeOf(createProducer({ adapter: client })).toEqualTypeOf<Promise<Producer>>();

// options
// @ts-expect-error a producer needs a client
void createProducer({});
// @ts-expect-error no such option
void createProducer({ adapter: client, idempotent: true });
// @ts-expect-error an adapter is no middleware
void createProducer({ adapter: client, use: [client] });
// @ts-expect-error a serializer makes bytes
void createProducer({ adapter: client, serializers: { value: (order: { total: number }) => order } });
// @ts-expect-error the option is called timeoutMs
void producer.close({ timeout: 5 });
expectTypeOf<ProducerOptions<Bytes, Bytes>>().toHaveProperty('deliveryTimeoutMs');

// an outcome is one of five; a switch over all of them needs no default
export function words(outcome: Outcome): string {
  switch (outcome.status) {
    case 'delivered':
      expectTypeOf(outcome.offset).toEqualTypeOf<number>();
      return `${outcome.topic}/${outcome.partition}`;
    case 'accepted':
      return outcome.by;
    case 'dead-lettered':
      return `${outcome.to} ${outcome.error.code}`;
    case 'failed':
      return outcome.error.code;
    case 'unknown':
      return outcome.error.message;
  }
}

// known codes are offered, and those of a third party are allowed
expectTypeOf<'CIRCUIT_OPEN'>().toExtend<ErrorCode>();
expectTypeOf<'MY_OWN_CODE'>().toExtend<ErrorCode>();
