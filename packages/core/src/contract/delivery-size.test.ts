import { afterAll, beforeAll, expect, it } from 'vitest';
import { compiledCore, run } from '../system/child.fixture.js';

let core: Awaited<ReturnType<typeof compiledCore>>;
beforeAll(async () => {
  core = await compiledCore();
}, 60_000);
afterAll(() => core.remove());

const measure = async (deadline: string): Promise<number> => {
  const child = await run(
    core.directory,
    `
    import { Delivery, SerializedRecord } from './stage.js';
    const count = 200_000;
    const record = new SerializedRecord('t', null, null, undefined, undefined, 0);
    const make = (count) => {
      const all = new Array(count);
      for (let i = 0; i < count; i++) all[i] = new Delivery(record, i, i, ${deadline}, undefined);
      return all;
    };
    make(10_000);
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    const all = make(count);
    globalThis.gc();
    console.log((process.memoryUsage().heapUsed - before) / count - 8, all.length);
  `,
    ['--expose-gc'],
  );
  return Number.parseFloat((await child.ended).output);
};

it('a Delivery takes 112 bytes: three header words and eleven in-object fields', async () => {
  expect(Math.abs((await measure('i + 120_000')) - 112)).toBeLessThan(2);
});

it('a deadline that is not a small integer takes one more heap number', async () => {
  expect(Math.abs((await measure('i + Infinity')) - 128)).toBeLessThan(2);
});
