/** Codecs may work in threads of their own, and take longer for larger batches. */
import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import kafkajs from 'kafkajs';
import { expect, it, onTestFinished } from 'vitest';
import { harness, until, words } from './harness.js';

const topic = 'orders';

/** gzip, but batches that contain the text wait until they are released. */
function slowGzip(text: string): { readonly started: () => number; readonly letGo: () => void } {
  let letGo = (): void => undefined;
  let started = 0;
  const gone = new Promise<void>((resolve) => (letGo = resolve));
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  const before: unknown = Reflect.get(CompressionCodecs, CompressionTypes.GZIP);
  Reflect.set(CompressionCodecs, CompressionTypes.GZIP, () => ({
    compress: async ({ buffer }: { readonly buffer: Buffer }) => {
      started++;
      if (buffer.includes(text)) await gone;
      return gzipSync(buffer);
    },
  }));
  onTestFinished(() => void Reflect.set(CompressionCodecs, CompressionTypes.GZIP, before));
  return { started: () => started, letGo };
}

it('a batch that is compressed faster than the one before it for its partition is not written before it', async () => {
  const codec = slowGzip('large');
  const { kafka, send } = await harness({ compression: 'gzip' });
  kafka.topic(topic, [1, 1]);
  await send([0, 1].map((partition) => ({ topic, value: 'first', partition })));
  const large = send([{ topic, value: 'large', partition: 0 }]);
  const others = send([{ topic, value: 'other', partition: 1 }]);
  await until(() => kafka.values(topic, 1).length === 2); // No other partition waits for it.
  const small = send([{ topic, value: 'small', partition: 0 }]);
  for (let turns = 0; turns < 20; turns++) await turn();
  codec.letGo();
  expect(words((await Promise.all([large, others, small])).flat())).toEqual([
    'delivered',
    'delivered',
    'delivered',
  ]);
  expect(kafka.values(topic, 0)).toEqual(['first', 'large', 'small']);
  expect(codec.started()).toBe(5);
});
