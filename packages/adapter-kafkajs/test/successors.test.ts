/** Records of one `send` for one partition that go in several requests, one after the other. */
import type { Outcome, ProducerRecord } from '@holdfast/core';
import { createDelivery } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import type { Produced, Reaction } from './fake-kafka/reaction.js';
import { harness, sendDeliveries, words } from './harness.js';

const topic = 'orders';
const notEnoughReplicas = 19;
const notAuthorized = 29;
const tooLarge = 10;

const recordsOf = (values: readonly string[]): ProducerRecord[] =>
  values.map((value) => ({ topic, value, partition: 0 }));
const retriable = (outcomes: readonly Outcome[]): boolean[] =>
  outcomes.map((outcome) => 'error' in outcome && outcome.error.retriable);
const answering =
  (code: number) =>
  (request: readonly Produced[]): Reaction =>
    request.map(() => code);

describe.each([true, false])('a record batch with predecessors (idempotent: %s)', (idempotent) => {
  it('is not sent behind one that will be tried again', async () => {
    const { kafka, send } = await harness({ idempotent, maxRequestRecords: 1 });
    kafka.topic(topic, [1]).reactions.push(answering(notEnoughReplicas));
    const outcomes = await send(recordsOf(['a', 'b', 'c']));
    expect(words(outcomes)).toEqual(Array(3).fill('failed NOT_ENOUGH_REPLICAS'));
    expect(retriable(outcomes)).toEqual([true, true, true]);
    expect(kafka.values(topic)).toEqual([]);
    expect(words(await send(recordsOf(['a', 'b', 'c'])))).toEqual(Array(3).fill('delivered'));
    expect(kafka.values(topic)).toEqual(['a', 'b', 'c']);
  });

  it('is sent behind one that has failed for good', async () => {
    const { kafka, send } = await harness({ idempotent, maxRequestRecords: 1 });
    kafka.topic(topic, [1]).reactions.push(answering(notAuthorized));
    const outcomes = await send(recordsOf(['a', 'b', 'c']));
    expect(words(outcomes)).toEqual(['failed AUTHORIZATION_FAILED', 'delivered', 'delivered']);
    expect(kafka.values(topic)).toEqual(['b', 'c']);
  });

  it('is not sent behind one that reached its deadline, though it has time left', async () => {
    const { kafka, adapter, send, env } = await harness({ idempotent, maxRequestRecords: 1 });
    kafka.topic(topic, [1]);
    await send(recordsOf(['first']));
    kafka.reactions.push(() => 'write and hang');
    const [a, b] = recordsOf(['a', 'b']);
    if (a === undefined || b === undefined) throw new Error('two were made');
    const sentAt = env.clock.now();
    const outcomes = await sendDeliveries(adapter, [
      createDelivery(a, { deadline: sentAt + 30 }),
      createDelivery(b, { deadline: sentAt + 60_000 }),
    ]);
    // Not when the request is given up, after 30 s: a response until then would let it go.
    expect(env.clock.now() - sentAt).toBeLessThan(15_000);
    expect(words(outcomes)).toEqual(['unknown REQUEST_TIMED_OUT', 'failed REQUEST_TIMED_OUT']);
    expect(retriable(outcomes)).toEqual([true, true]);
    expect(kafka.values(topic)).toEqual(['first', 'a']);
  });

  it('is as large as the topic allows, once that is known', async () => {
    const { kafka, send } = await harness({ idempotent });
    kafka.topic(topic, [1]).refusing = (request) =>
      request.map(({ values }) => (values.length > 4 ? tooLarge : 0));
    const values = Array.from({ length: 8 }, (_, index) => `v${index}`);
    expect(words(await send(recordsOf(values)))).toEqual(values.map(() => 'delivered'));
    const before = kafka.requests.length;
    expect(words(await send(recordsOf(values)))).toEqual(values.map(() => 'delivered'));
    expect(kafka.requests.slice(before).map(([part]) => part?.values.length)).toEqual([4, 4]);
    expect(kafka.values(topic)).toEqual([...values, ...values]);
  });
});
