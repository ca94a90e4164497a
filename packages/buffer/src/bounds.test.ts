import type { Delivery } from '@holdfast/core/stage';
import { createDelivery, statOf } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { codes, harness, values } from './harness.fixture.js';

const eightBytes = { value: '12345678' };

it('counts each record in flight against maxBytes until it is settled', async () => {
  const { env, below, send, deliver, stage } = harness({ maxBytes: 20 });
  const [first, second] = send([eightBytes, eightBytes]);
  if (first === undefined || second === undefined) throw new Error('two were sent');
  await env.clock.runSoon();
  send([{ value: 'outside.' }, { value: 'behind' }]);
  await env.clock.runSoon();
  expect(below).toHaveLength(1);
  expect(stage.ready?.()).toBeInstanceOf(Promise);
  expect(stage.stats?.()).toMatchObject({ waitingRecords: 2, waitingBytes: 0, inFlightBytes: 16 });

  deliver([first]);
  await env.clock.runSoon();
  expect(below.slice(1).map(({ batch }) => values(batch))).toEqual([['outside.']]);
  expect(stage.stats?.()).toMatchObject({ waitingRecords: 1, inFlightBytes: 16 });

  deliver([second], 0);
  await env.clock.runSoon();
  expect(below.slice(2).map(({ batch }) => values(batch))).toEqual([['behind']]);
});

it('reports the age of the oldest waiting record, in a lane or outside the bounds', async () => {
  const { env, send, stage, deliver } = harness({ maxBytes: 20 });
  const age = (): unknown => statOf(stage, 'oldestWaitingMs');
  const below = send([{ key: 'k', ...eightBytes }]);
  await env.clock.runSoon();
  expect(age()).toBe(0);
  send([{ key: 'k', ...eightBytes }]);
  await env.clock.advance(30);
  send([{ value: 'beyond..' }]);
  await env.clock.advance(5);
  expect(age()).toBe(35);
  deliver(below);
  await env.clock.runSoon();
  expect(statOf(stage, 'waitingRecords')).toBe(0);
  expect(age()).toBe(0);
});

it('reports the age of the oldest record when records wait only outside the bounds', async () => {
  const { env, send, stage } = harness({ maxBytes: 10 });
  send([eightBytes]);
  await env.clock.runSoon();
  send([{ value: 'beyond..' }]);
  await env.clock.advance(5);
  expect(statOf(stage, 'oldestWaitingMs')).toBe(5);
});

it('a small record that would fit does not overtake a large one that does not', async () => {
  const { env, below, send, deliver } = harness({ maxBytes: 20 });
  const [first] = send([eightBytes, eightBytes]);
  if (first === undefined) throw new Error('two were sent');
  await env.clock.runSoon();
  send([{ key: 'k', value: 'large...' }]);
  send([{ key: 'k', value: '2' }]);
  await env.clock.runSoon();
  expect(below).toHaveLength(1);
  deliver([first]);
  await env.clock.runSoon();
  const down = below.slice(1).flatMap(({ batch }) => values(batch));
  expect(down).toEqual(['large...', '2']);
});

it('the room of an expired record goes to a blocked one, although nothing is settled', async () => {
  const { env, below, send } = harness({ maxRecords: 2 });
  send([{ key: 'a', value: 'below' }]);
  await env.clock.runSoon();
  send([{ key: 'a', value: 'expires' }], { deadline: 500 });
  send([{ key: 'b', value: 'outside' }], { deadline: 10_000 });
  await env.clock.advance(499);
  expect(below).toHaveLength(1);
  await env.clock.advance(1);
  expect(below.slice(1).map(({ batch }) => values(batch))).toEqual([['outside']]);
});

it('keeps each deadline, however many have passed before', async () => {
  const { env, send, up } = harness();
  send([{ key: 'a', value: 'below' }], { deadline: 10_000 });
  await env.clock.runSoon();
  for (const deadline of [300, 700, 1_100]) send([{ key: 'a', value: `${deadline}` }], { deadline });
  const ended: string[][] = [];
  for (let round = 0; round < 3; round++) {
    await env.clock.advance(400);
    ended.push(
      up
        .splice(0)
        .flatMap((one) => values([one]))
        .map(String),
    );
  }
  expect(ended).toEqual([['300'], ['700'], ['1100']]);
});

it('a record that an earlier attempt may have written ends as unknown', async () => {
  const { env, stage, up } = harness();
  const make = (attempts: number): Delivery => {
    const one = createDelivery({ topic: 'orders', key: 'a', value: `${attempts}` }, { deadline: 500 });
    one.attempts = attempts;
    return one;
  };
  stage.send([make(0)], () => undefined); // in flight: its lane is closed
  await env.clock.runSoon();
  stage.send([make(0), make(1)], (batch) => up.push(...batch));
  await env.clock.advance(1_000);
  expect(up.map(({ attempts, outcome }) => [attempts, outcome?.status])).toEqual([
    [0, 'failed'],
    [1, 'unknown'],
  ]);
});

it('close sends what waits until its deadline', async () => {
  const { env, below, send, deliver, stage, up } = harness();
  const [first] = send([{ key: 'a', value: 'first' }]);
  await env.clock.runSoon();
  const [later] = send([{ key: 'a', value: 'later' }]);
  if (first === undefined || later === undefined) throw new Error('two were sent');
  const closed = Promise.resolve(stage.close?.(env.clock.now() + 1_000));
  deliver([first]);
  await env.clock.runSoon();
  expect(values(below[1]?.batch)).toEqual(['later']);
  deliver([later]);
  await env.clock.until(closed);
  expect(codes(up)).toEqual(['delivered', 'delivered']);
});
