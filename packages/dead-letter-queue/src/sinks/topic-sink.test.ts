import { ProducerError } from '@holdfast/core';
import { createDelivery } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { deadLetterQueue } from '../dead-letter-queue.js';
import { delivered, ends, fails, Harness, mayBeWritten, text, values } from '../harness.fixture.js';

const taken = { status: 'delivered', topic: 'orders.dlq', partition: 0, offset: 5, timestamp: 1 } as const;

const topicsOf = (h: Harness): string[] =>
  h.letters.flatMap(({ batch }) => batch.map(({ record }) => record.topic));

describe('the topic sink', () => {
  it('sends a failed record as a delivery of its own, with its own deadline, and reports the topic', async () => {
    const h = new Harness({ topic: 'orders.dlq', topicTimeoutMs: 3_000 });
    const sent = h.send([{ key: 'k', headers: { app: 'shop' }, partition: 4, timestamp: 77 }]);
    await h.env.clock.advance(500_000); // the record's own deadline has long passed
    h.answer(sent, mayBeWritten());
    expect(h.up).toEqual([]);
    const [letter] = h.letters[0]?.batch ?? [];
    expect(letter?.deadline).toBe(h.env.clock.now() + 3_000);
    expect(letter?.record).toMatchObject({
      topic: 'orders.dlq',
      partition: undefined,
      timestamp: h.env.clock.wallTime(),
    });
    expect([text(letter?.record.key), text(letter?.record.value)]).toEqual(['k', 'v']);
    expect(letter?.record.headers).toEqual({
      'dead-letter-id': expect.stringMatching(/^\d{8}T\d{9}Z-[0-9a-f]{12}-0$/) as string,
      timestamp: String(h.env.clock.wallTime()),
      outcome: 'unknown',
      'retry-count': '0',
      'error-code': 'REQUEST_TIMED_OUT',
      'error-class': 'ProducerError',
      'error-message': 'scripted',
      'original-topic': 'orders',
      'original-partition': '4',
      'original-timestamp': '77',
      'original-app': 'shop',
    });
    h.answerLetters(taken);
    expect(ends(h.up)).toEqual(['topic:orders.dlq']);
    expect(sent[0]?.outcome).toMatchObject({ error: { code: 'REQUEST_TIMED_OUT' } });
  });

  it("adds the class of the innermost error, the broker's response, the hash of the key and the stack", () => {
    const h = new Harness({ topic: 'orders.dlq', keyHash: true, stack: true });
    const cause = Object.assign(new Error('no'), { name: 'KafkaJSProtocolError' });
    const details = { cause, kafka: { code: 29, name: 'TOPIC_AUTHORIZATION_FAILED' } };
    h.fail([{ key: 'k1' }], fails('AUTHORIZATION_FAILED', details));
    expect(h.letters[0]?.batch[0]?.record.headers).toMatchObject({
      'error-class': 'KafkaJSProtocolError',
      'error-kafka-code': '29',
      'error-kafka-name': 'TOPIC_AUTHORIZATION_FAILED',
      'error-stack': expect.stringContaining('ProducerError: scripted') as string,
      'original-key-hash': expect.stringMatching(/^-?\d+$/) as string,
    });
  });

  it('truncates what it adds, between two characters', () => {
    const h = new Harness({ topic: 'orders.dlq', stack: true, maxHeaderBytes: 64 });
    const message = '€'.repeat(1_000);
    h.fail([{}], { status: 'failed', error: new ProducerError('X'.repeat(99), message) });
    const { headers } = h.letters[0]?.batch[0]?.record ?? {};
    expect(headers?.['error-message']).toBe('€'.repeat(21));
    for (const value of Object.values(headers ?? {})) expect(String(value).length).toBeLessThanOrEqual(64);
  });

  it('hands records that failed together down in one call, in order, and settles delivered ones at once', () => {
    const h = new Harness({ topic: 'orders.dlq' });
    const sent = h.send([1, 2, 3, 4].map((n) => ({ key: 'k', value: `${n}` })));
    for (const [index, one] of sent.entries()) one.outcome = index === 1 ? delivered : fails();
    h.below[0]?.settle([...sent]);
    expect(values(h.up)).toEqual(['2']);
    expect(h.letters).toHaveLength(1);
    expect(values(h.letters[0]?.batch ?? [])).toEqual(['1', '3', '4']);
  });

  it('hands up the same array when all are delivered', () => {
    const h = new Harness({ topic: 'orders.dlq' });
    const ups: unknown[] = [];
    const settle = (batch: unknown): void => void ups.push(batch);
    for (const value of ['a', 'b']) h.stage.send([createDelivery({ topic: 'orders', value })], settle);
    const settled = h.below.map(({ batch }) => [...batch]);
    for (const one of settled.flat()) one.outcome = delivered;
    for (const [index, batch] of settled.entries()) h.below[index]?.settle(batch);
    expect([ups[0] === settled[0], ups[1] === settled[1]]).toEqual([true, true]);
    expect(h.below[0]?.settle).toBe(h.below[1]?.settle); // no closure per batch
  });

  it.each([
    ['a name', 'dead', 'dead'],
    ['a suffix', { suffix: '-dlq' }, 'orders-dlq'],
    ['a function', (record: { topic: string }) => `${record.topic}_${3}`, 'orders_3'],
  ])('takes %s for a topic', (_, topic, expected) => {
    const h = new Harness({ topic });
    h.fail([{}]);
    expect(topicsOf(h)).toEqual([expected]);
  });

  it.each([
    ['a name, to itself', 'orders', 'DEAD_LETTER_TOPIC'],
    ['a suffix that it has', { suffix: 'ers' }, 'DEAD_LETTER_TOPIC'],
    ['a suffix that makes it too long', { suffix: 'x'.repeat(249) }, 'INVALID_TOPIC'],
    ['no name', () => undefined, 'NO_TOPIC'],
    ['an illegal name', () => 'a b', 'INVALID_TOPIC'],
    [
      'a throw',
      () => {
        throw new Error('hunter2');
      },
      'NO_TOPIC',
    ],
  ])('refuses a record for which the topic is %s', (_, topic, refusal) => {
    const h = new Harness({ topic });
    h.fail([{}]);
    expect(topicsOf(h)).toEqual([]);
    expect(ends(h.up)).toEqual(['failed AUTHORIZATION_FAILED']);
    expect(h.emitted['deadLetter.failed']).toEqual([
      { records: 1, topic: 'orders', code: 'AUTHORIZATION_FAILED', refusal },
    ]);
    expect(h.env.logger.text()).not.toContain('hunter2');
  });

  it('does not dead-letter a dead letter that fails: the record keeps its outcome', () => {
    const h = new Harness({ topic: 'orders.dlq' });
    h.fail([{}], mayBeWritten());
    h.answerLetters(fails('UNKNOWN_TOPIC'));
    expect(h.letters).toHaveLength(1);
    expect(ends(h.up)).toEqual(['unknown REQUEST_TIMED_OUT']);
  });

  it('treats accepted and dead-lettered, from a stage below, as final', () => {
    const h = new Harness({ topic: 'orders.dlq' });
    h.fail([{}]);
    h.answerLetters({ status: 'accepted', by: 'journal' });
    h.fail([{}]);
    h.answerLetters({ status: 'dead-lettered', to: 'x', error: new ProducerError('X', 'x') });
    expect(ends(h.up)).toEqual(['topic:orders.dlq', 'topic:orders.dlq']);
  });

  it('does not send a record that was too large', () => {
    const h = new Harness({ topic: 'orders.dlq' });
    h.fail([{}], fails('RECORD_TOO_LARGE'));
    expect(topicsOf(h)).toEqual([]);
    expect(ends(h.up)).toEqual(['failed RECORD_TOO_LARGE']);
  });

  it('has the traits that a journal above it requires', () => {
    expect(deadLetterQueue({ topic: 'x' }).traits).toEqual({ needsDeliveryResults: true, diverts: true });
  });
});
