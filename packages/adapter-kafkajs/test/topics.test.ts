/** Metadata requests: their reasons, their extent, and the topics that they may create. */
import { fakeClock, type FakeClock } from '@holdfast/testing';
import type { ProducerRecord } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { harness, until, words, type Harness, type HarnessOptions } from './harness.js';

const to = (...topics: string[]): ProducerRecord[] =>
  topics.map((topic) => ({ topic, value: `of ${topic}`, partition: 0 }));

async function connected(options: HarnessOptions): Promise<Harness & { readonly clock: FakeClock }> {
  const clock = fakeClock();
  const all = await harness({ metadataMaxAgeMs: 60_000, ...options, clock });
  await all.connected;
  return { ...all, clock };
}

/** Metadata is old now: the next request refreshes all topics in use. */
async function refreshed({ kafka, clock, send }: Awaited<ReturnType<typeof connected>>): Promise<void> {
  await clock.advance(60_001);
  const asked = kafka.metadataRequests;
  await send(to('b'));
  await clock.advance(200);
  await until(() => kafka.metadataRequests > asked);
  await clock.advance(0);
}

describe('auto-creation', () => {
  it('does not bring back a topic that was deleted, until a record waits for it', async () => {
    const all = await connected({ allowAutoTopicCreation: true });
    const { kafka, send } = all;
    kafka.createsTopics = true;
    expect(words(await send(to('a', 'b')))).toEqual(['delivered', 'delivered']);
    kafka.topics.delete('a');
    await refreshed(all);
    expect(kafka.metadataQuestions.at(-1)?.topics.toSorted()).toEqual(['a', 'b']);
    expect(kafka.topics.has('a')).toBe(false);
    expect(words(await send(to('a')))).toEqual(['delivered']);
    expect(kafka.topics.has('a')).toBe(true);
    const creating = kafka.metadataQuestions.filter(({ create }) => create);
    expect(creating.map(({ topics }) => topics.toSorted())).toEqual([['a', 'b'], ['a']]);
  });

  it('is never requested without the option', async () => {
    const { kafka, send } = await harness();
    kafka.createsTopics = true;
    expect(words(await send(to('a')))).toEqual(['failed UNKNOWN_TOPIC']);
    expect(kafka.metadataQuestions.some(({ create }) => create)).toBe(false);
  });
});

it('the topic of an idempotent record that is sent again for longer than that is not forgotten', async () => {
  const all = await connected({ idempotent: true, reconnect: { intervalMs: 5_000, maxIntervalMs: 5_000 } });
  const { kafka, clock, send } = all;
  kafka.topic('a', [1]);
  await send(to('a'));
  kafka.reactions.push(() => 'lose');
  const sent = send(to('a'));
  await until(() => kafka.requests.length === 2);
  await kafka.kill(1);
  await clock.advance(400_000);
  await kafka.open(1);
  let outcomes: string[] | undefined;
  void sent.then((settled) => (outcomes = words(settled)));
  for (let turns = 0; outcomes === undefined && turns < 1_000; turns++) await clock.advance(50);
  expect(outcomes).toEqual(['delivered']);
});

describe('many topics', () => {
  it('new topics are requested alone', async () => {
    const { kafka, send } = await connected({});
    for (const name of ['a', 'b', 'c', 'd', 'e']) kafka.topic(name, [1]);
    await send(to('a', 'b', 'c'));
    const asked = kafka.metadataRequests;
    await Promise.all([send(to('d')), send(to('e')), send(to('b'))]);
    const topics = kafka.metadataQuestions.slice(asked).flatMap((question) => question.topics);
    expect(topics.toSorted()).toEqual(['d', 'e']);
  });

  it.each([true, false])('unused topics are forgotten (idempotent: %s)', async (idempotent) => {
    const all = await connected({ idempotent });
    const { kafka, clock, send } = all;
    kafka.topic('a', [1]).topic('b', [1]);
    await send(to('a', 'b'));
    await clock.advance(300_000);
    await refreshed(all);
    expect(kafka.metadataQuestions.at(-1)?.topics).toEqual(['b']);
    // A partition that began anew under its old id would have the first record acknowledged as a
    // repetition.
    expect(words(await send(to('a')))).toEqual(['delivered']);
    expect(kafka.values('a')).toEqual(['of a', 'of a']);
    if (!idempotent) return;
    expect(kafka.requests.at(-1)).toMatchObject([{ topic: 'a', producerId: 1_001n, firstSequence: 0 }]);
    await send(to('b'));
    expect(kafka.requests.at(-1)).toMatchObject([{ topic: 'b', producerId: 1_000n, firstSequence: 2 }]);
  });
});
