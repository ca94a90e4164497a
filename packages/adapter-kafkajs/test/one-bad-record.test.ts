/** A broker refuses a record batch as a whole when one of its records is wrong, and does not say which. */
import { checkProperty } from '@holdfast/testing';
import type { ProducerRecord } from '@holdfast/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Produced, Reaction } from './fake-kafka/fake-kafka.js';
import { harness, words } from './harness.js';

const topic = 'orders';
const invalidTimestamp = 32;
const invalidRecord = 87;
const recordsOf = (values: readonly string[]): ProducerRecord[] =>
  values.map((value) => ({ topic, value, partition: 0 }));
const isBad = (value: string | null | undefined): boolean => value?.startsWith('bad') === true;
/** As a broker does: one wrong record, and nothing of the partition is written. */
const refusing =
  (code: number) =>
  (request: readonly Produced[]): number[] =>
    request.map(({ values }) => (values.some(isBad) ? code : 0));

function react(trouble: Trouble, request: readonly Produced[]): Reaction {
  if (trouble === undefined) return refusing(invalidRecord)(request);
  if (typeof trouble === 'number') return request.map(() => trouble);
  return request.some(({ values }) => values.some(isBad)) ? 'lose' : trouble;
}

type Trouble = 'lose' | 'write and lose' | 19 | undefined;

describe.each([true, false])('one wrong record of a batch (idempotent: %s)', (idempotent) => {
  it.each([
    [invalidTimestamp, 'INVALID_TIMESTAMP'],
    [invalidRecord, 'INVALID_RECORD'],
    [2, 'CORRUPT_MESSAGE'],
  ])('fails alone with %i, %s: what stands before it is delivered, in order', async (code, name) => {
    const { kafka, send } = await harness({ idempotent });
    kafka.topic(topic, [1]).refusing = refusing(code);
    const values = Array.from({ length: 50 }, (_, index) => (index === 49 ? 'bad' : `v${index}`));
    const outcomes = await send(recordsOf(values));
    expect(words(outcomes.slice(0, 49))).toEqual(Array.from({ length: 49 }, () => 'delivered'));
    expect(outcomes[49]).toMatchObject({ status: 'failed', error: { kafka: { code, name } } });
    expect(kafka.values(topic)).toEqual(values.slice(0, 49));
    outcomes.forEach((outcome, index) => {
      if (outcome.status === 'delivered') expect(outcome.offset).toBe(index);
    });
  });

  it('of several requests that follow each other: those behind wait, and all but the wrong ones arrive in order', async () => {
    const { kafka, send } = await harness({ idempotent, maxRequestRecords: 8 });
    kafka.topic(topic, [1]).refusing = refusing(invalidRecord);
    const values = Array.from({ length: 50 }, (_, index) => `${index % 20 === 7 ? 'bad' : 'v'}${index}`);
    const [outcomes, later] = await Promise.all([send(recordsOf(values)), send(recordsOf(['later']))]);
    expect(words(outcomes)).toEqual(
      values.map((value) => (isBad(value) ? 'failed KAFKA_ERROR' : 'delivered')),
    );
    expect(words(later)).toEqual(['delivered']);
    const written = kafka.values(topic);
    expect(written.filter((value) => value !== 'later')).toEqual(values.filter((value) => !isBad(value)));
  });

  it('wherever they stand, and whatever else goes wrong meanwhile', async () => {
    const bad = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 30 });
    const troubles = fc.array(fc.constantFrom<Trouble[]>('lose', 'write and lose', 19, undefined), {
      maxLength: 6,
    });
    await checkProperty(
      fc.asyncProperty(bad, troubles, async (kinds, trouble) => {
        const { kafka, send } = await harness({ idempotent, maxRequestRecords: 7 });
        kafka.topic(topic, [1]).refusing = refusing(invalidRecord);
        for (const one of trouble) kafka.reactions.push((request) => react(one, request));
        const values = kinds.map((kind, index) => `${kind === 0 ? 'bad' : 'v'}${index}`);
        const outcomes = await send(recordsOf(values));
        const written = kafka.values(topic);
        values.forEach((value, index) => {
          const { status } = outcomes[index] ?? {};
          if (isBad(value)) expect(written).not.toContain(value);
          if (status === 'delivered') expect(written).toContain(value);
          if (status === 'failed') expect(written).not.toContain(value);
        });
        const order = written.map((value) => values.indexOf(String(value)));
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        expect(new Set(order).size).toBe(order.length);
      }),
      { runs: 25 },
    );
  });
});
