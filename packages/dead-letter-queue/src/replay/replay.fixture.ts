import type { SerializedRecord } from '@holdfast/core/stage';
import { simulatedDisk, type SimulatedDisk } from '@holdfast/testing';
import { directory, Harness, text } from '../harness.fixture.js';
import { fileDeadLetters } from './file-dead-letters.js';
import type { DeadLetterReplayOptions } from './options.js';
import { replayDeadLetters } from './replay.js';
import type { DeadLetterReplayReport } from './report.js';

export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of source) found.push(one);
  return found;
}

/** Returns a disk with letters 0 to `count` - 1, in files of a few each. */
export async function written(count: number, seed = 1): Promise<SimulatedDisk> {
  const disk = simulatedDisk({ seed });
  const h = await new Harness({ file: { directory, maxFileBytes: 4_096 } }, { disk }).start();
  for (let i = 0; i < count; i++) {
    h.fail([{ value: `${i}`, key: `k${i % 3}`, headers: { n: `${i}` }, partition: 2, timestamp: i }]);
    await h.settled();
  }
  await h.stage.close?.(h.env.clock.now());
  return disk.fork();
}

/** Returns a disk with letters without a key, so that none holds back another. */
export async function writtenKeyless(count: number): Promise<SimulatedDisk> {
  const disk = simulatedDisk();
  const h = await new Harness({ file: { directory } }, { disk }).start();
  h.fail(upTo(count).map((n) => ({ value: `${n}` })));
  await h.settled();
  await h.stage.close?.(h.env.clock.now());
  return disk.fork();
}

export class Target {
  readonly sent: SerializedRecord[] = [];
  refuses: (value: string) => boolean = () => false;

  send(record: SerializedRecord): Promise<unknown> {
    const value = text(record.value) ?? '';
    if (this.refuses(value)) return Promise.reject(new Error(`refused ${value}`));
    this.sent.push(record);
    return Promise.resolve();
  }

  get values(): number[] {
    return this.sent.map(({ value }) => Number(text(value)));
  }
}

export const replay = (
  disk: SimulatedDisk,
  target: Target,
  options: DeadLetterReplayOptions = {},
): Promise<DeadLetterReplayReport> =>
  replayDeadLetters(fileDeadLetters(directory, { disk }), target, { disk, ...options });

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

export async function* generated<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

/** Returns an iterable that can be read more than once. */
export const asIterable = <T>(items: readonly T[]): AsyncIterable<T> => ({
  [Symbol.asyncIterator]: () => generated(items),
});
