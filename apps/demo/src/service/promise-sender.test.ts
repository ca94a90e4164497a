import { expect, it } from 'vitest';
import { smallRecords } from '../records.js';
import { promiseSender } from './promise-sender.js';
import type { Way } from '../names.js';

const { recordOf } = smallRecords('t');

async function heardOf(way: Way) {
  const heard: [number, string][] = [];
  const answers = [Promise.resolve(), Promise.reject(new Error('refused'))];
  const sender = promiseSender(
    { way },
    () => answers,
    async () => {},
  );
  sender.hand([recordOf(0), recordOf(1)], (at, error) => heard.push([at, String(error)]));
  const atFirst = sender.onTheirWay();
  await Promise.allSettled(answers);
  return { heard, onTheirWay: [atFirst, sender.onTheirWay()] };
}

it.each(['synchronous', 'asynchronous'] as const)('tells of each record: %s', async (way) => {
  expect(await heardOf(way)).toEqual({
    heard: [
      [0, 'undefined'],
      [1, 'Error: refused'],
    ],
    onTheirWay: [2, 0],
  });
});

it('notifies no caller with fire-and-forget, and still knows what is in flight', async () => {
  expect(await heardOf('fire-and-forget')).toEqual({ heard: [], onTheirWay: [2, 0] });
});
