import { simulatedDisk } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { readLines, type Line } from './read-lines.js';

it('drops the text of a line that is too long, and reads the lines after it', async () => {
  const disk = simulatedDisk();
  const [small, huge] = ['x'.repeat(300_000), 'y'.repeat(1_000_000)];
  disk.writeFile('/lines', Buffer.from(`a\n${huge}\n${small}\n${huge}`));
  const lines: Line[] = [];
  for await (const line of readLines(disk, '/lines', 3_000_000, 400_000)) lines.push(line);
  expect(lines.map(({ text, number, at, isWhole }) => [text, number, at, isWhole])).toEqual([
    ['a', 1, 0, true],
    ['', 2, 2, true],
    [small, 3, 1_000_003, true],
    ['', 4, 1_300_004, false],
  ]);
});
