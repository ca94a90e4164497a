import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Settle } from '@holdfast/core/stage';
import { createDelivery } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { delivered, fails, harness, type Harness } from './harness.fixture.js';

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

/** Sends two records of a lane. The later fails first, and waits; in the end both are delivered. */
async function sendTwo({ env, stage, answer, below }: Harness): Promise<WeakRef<Settle>> {
  const ended: string[] = [];
  const settle: Settle = (batch) => ended.push(...batch.map(({ outcome }) => outcome?.status ?? 'none'));
  const [first, later] = ['first', 'later'].map((value) =>
    createDelivery({ topic: 'orders', key: 'k', value }),
  );
  if (first === undefined || later === undefined) throw new Error('two were made');
  stage.send([first, later], settle);
  answer([later], fails());
  answer([first], delivered);
  await env.clock.advance(1_000);
  answer([later], delivered);
  expect(ended).toEqual(['delivered', 'delivered']);
  below.length = 0;
  return new WeakRef(settle);
}

it('keeps nothing of a settled batch, although one of its records waited for another', async () => {
  const retrying = harness();
  const settle = await sendTwo(retrying);
  await new Promise(setImmediate); // the target of a new WeakRef lives to the end of the turn
  if (typeof collectGarbage === 'function') Reflect.apply(collectGarbage, undefined, []);
  expect(settle.deref()).toBeUndefined();
  expect(retrying.stage.stats?.()).toMatchObject({ waitingRecords: 0, inFlightRecords: 0 });
});
