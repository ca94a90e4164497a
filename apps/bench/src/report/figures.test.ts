import { expect, it } from 'vitest';
import { figureFrom } from './figures.fixture.js';
import { mergeFigures, readFigures, writeFigures } from './figures.js';

const chain = figureFrom({ name: 'chain/3-layers/batch-100', ours: 40 });
const kafkajs = figureFrom({ name: 'kafkajs-vs-batched/promises/1KiB/kafka', ours: 200_000 });

it('reads what it has written', () => {
  const text = writeFigures([chain, kafkajs]);
  expect(text.split('\n')).toHaveLength(3);
  expect(readFigures(text)).toEqual([chain, kafkajs]);
  expect(readFigures('')).toEqual([]);
});

it('keeps the newer figure of a case, in the order of the catalogue', () => {
  const newer = { ...chain, ours: 30 };
  expect(mergeFigures([kafkajs, chain], [newer])).toEqual([newer, kafkajs]);
});

it('drops a case that no longer exists', () => {
  expect(mergeFigures([figureFrom({ name: 'no/such/case' })], [chain])).toEqual([chain]);
});
