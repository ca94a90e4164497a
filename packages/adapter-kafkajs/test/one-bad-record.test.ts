/**
 * A broker refuses a whole record batch when one of its records is invalid. From version 8 of the
 * response on it names that record.
 */
import { checkProperty } from '@holdfast/testing';
import type { Outcome, ProducerRecord } from '@holdfast/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeKafka } from './fake-kafka/fake-kafka.js';
import type { Produced, Reaction } from './fake-kafka/reaction.js';
import { harness, words } from './harness.js';

const topic = 'orders';
const invalidTimestamp = 32;
const invalidRecord = 87;
const recordsOf = (values: readonly string[]): ProducerRecord[] =>
  values.map((value) => ({ topic, value, partition: 0 }));
const isBad = (value: string | null | undefined): boolean => value?.startsWith('bad') === true;
/** Reacts as a broker does: with one invalid record, nothing of the partition is written. */
const refusing =
  (code: number) =>
  (request: readonly Produced[]): Reaction =>
    request.map(({ values }) => {
      const blamed = values.flatMap((value, index) => (isBad(value) ? [index] : []));
      return blamed.length > 0 ? { error: code, blamed } : 0;
    });
const silent = [3, 7] as const;
const telling = [3, 8] as const;
const compact = [3, 10] as const;

function react(trouble: Trouble, request: readonly Produced[]): Reaction {
  if (trouble === undefined) return refusing(invalidRecord)(request);
  if (typeof trouble === 'number') return request.map(() => trouble);
  return request.some(({ values }) => values.some(isBad)) ? 'lose' : trouble;
}

type Trouble = 'lose' | 'write and lose' | 19 | undefined;

describe.each([
  [true, silent],
  [false, silent],
  [true, telling],
  [false, compact],
])('one wrong record of a batch (idempotent: %s, versions %j)', (idempotent, produceVersions) => {
  const connected: typeof harness = async (options) => {
    const kafka = await FakeKafka.start();
    kafka.produceVersions = produceVersions;
    return harness({ idempotent, ...options, kafka });
  };

  it.each([
    [invalidTimestamp, 'INVALID_TIMESTAMP'],
    [invalidRecord, 'INVALID_RECORD'],
    [2, 'CORRUPT_MESSAGE'],
  ])('fails alone with %i, %s: what stands before it is delivered, in order', async (code, name) => {
    const { kafka, send } = await connected();
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

  it('of several linked requests: those behind wait, and all but the invalid records arrive in order', async () => {
    const { kafka, send } = await connected({ maxRequestRecords: 8 });
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

  it('wherever they are, and whatever else fails meanwhile', async () => {
    const bad = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 30 });
    const troubles = fc.array(fc.constantFrom<Trouble[]>('lose', 'write and lose', 19, undefined), {
      maxLength: 6,
    });
    await checkProperty(
      fc.asyncProperty(bad, troubles, async (kinds, trouble) => {
        const { kafka, send } = await connected({ maxRequestRecords: 7 });
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

/** Returns the broker's message about each. */
const reasonsOf = (outcomes: readonly Outcome[]): (string | undefined)[] =>
  outcomes.map((outcome) =>
    'error' in outcome ? /record \d+ is wrong/.exec(outcome.error.message)?.[0] : undefined,
  );

describe('a broker that names the invalid records', () => {
  it.each([true, false])(
    'has the others at once, in one further request (idempotent: %s)',
    async (idempotent) => {
      const { kafka, send } = await harness({ idempotent });
      kafka.topic(topic, [1]).refusing = refusing(invalidRecord);
      const values = Array.from(
        { length: 50 },
        (_, index) => `${[3, 20, 49].includes(index) ? 'bad' : 'v'}${index}`,
      );
      const outcomes = await send(recordsOf(values));
      expect(words(outcomes)).toEqual(
        values.map((value) => (isBad(value) ? 'failed KAFKA_ERROR' : 'delivered')),
      );
      expect(reasonsOf(outcomes.slice(20, 21))).toEqual(['record 20 is wrong']);
      expect(kafka.values(topic)).toEqual(values.filter((value) => !isBad(value)));
      expect(kafka.requests.map(([first]) => first?.values.length)).toEqual([50, 47]);
    },
  );

  it('when all records of a batch are invalid: each has its own message', async () => {
    const { kafka, send } = await harness();
    kafka.topic(topic, [1]).refusing = refusing(invalidRecord);
    const outcomes = await send(recordsOf(['bad 0', 'bad 1']));
    expect(reasonsOf(outcomes)).toEqual(['record 0 is wrong', 'record 1 is wrong']);
    expect(kafka.requests).toHaveLength(1);
  });

  it('gets halves when it names an index that does not exist', async () => {
    const { kafka, send } = await harness();
    kafka.topic(topic, [1]).reactions.push(() => [{ error: invalidRecord, blamed: [7, -1] }]);
    expect(words(await send(recordsOf(['a', 'b'])))).toEqual(['delivered', 'delivered']);
    expect(kafka.requests.map(([first]) => first?.values.length)).toEqual([2, 1, 1]);
  });
});
