import { expect, it } from 'vitest';
import { runPairs, type Contest } from './pairs.js';

function recorded(): { contest: Contest; order: string[] } {
  const order: string[] = [];
  const side = (name: string) => (): Promise<{ value: number }> => {
    order.push(name);
    return Promise.resolve({ value: order.length });
  };
  return { contest: { ours: side('ours'), raw: side('raw') }, order };
}

it('alternates the order, after a warm-up that does not count', async () => {
  const { contest, order } = recorded();
  const pairs = await runPairs(contest, 3);
  expect(order).toEqual(['ours', 'raw', 'ours', 'raw', 'raw', 'ours', 'ours', 'raw']);
  expect(pairs.map(({ ours, raw }) => [ours.value, raw.value])).toEqual([
    [3, 4],
    [6, 5],
    [7, 8],
  ]);
});

it('reports each pair, the warm-up as number 0', async () => {
  const told: number[] = [];
  await runPairs(recorded().contest, 2, (done) => told.push(done));
  expect(told).toEqual([0, 1, 2]);
});

it('lets the error of a side through', async () => {
  const { contest } = recorded();
  const raw = (): Promise<never> => Promise.reject(new Error('no broker'));
  await expect(runPairs({ ...contest, raw }, 2)).rejects.toThrow('no broker');
});
