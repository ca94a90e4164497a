import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withCallbacks, withPromises } from './callers.js';

/** Counts the sends in flight, and answers each in the next turn of the event loop. */
class Counted {
  most = 0;
  readonly sent: number[] = [];
  private out = 0;

  async promised(index: number): Promise<void> {
    this.sent.push(index);
    this.most = Math.max(this.most, ++this.out);
    await nextTurn();
    this.out--;
  }

  readonly called = (index: number, done: (error: Error | null) => void): void => {
    void this.promised(index).then(() => done(null));
  };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe.each([
  [
    'withPromises',
    (count: number, concurrency: number, counted: Counted) =>
      withPromises(count, concurrency, (index) => counted.promised(index)),
  ],
  [
    'withCallbacks',
    (count: number, concurrency: number, counted: Counted) =>
      withCallbacks(count, concurrency, counted.called),
  ],
])('%s', (_, run) => {
  it.each([
    [100, 7, 7],
    [5, 10, 5],
    [0, 10, 0],
  ])('sends %d with %d callers, each once, in order', async (count, concurrency, most) => {
    const counted = new Counted();
    await run(count, concurrency, counted);
    expect(counted.sent).toEqual(upTo(count));
    expect(counted.most).toBe(most);
  });
});

it('an error ends it', async () => {
  const refused = (): Promise<never> => Promise.reject(new Error('refused'));
  await expect(withPromises(10, 2, refused)).rejects.toThrow('refused');
  await expect(withCallbacks(10, 2, (_, done) => done(new Error('refused')))).rejects.toThrow('refused');
});
