import { describe, expect, it, vi } from 'vitest';
import { fakeClock } from './fake-clock.js';

describe('fakeClock', () => {
  it('runs timers in order of time, then of asking, each at its own time', async () => {
    const clock = fakeClock();
    const seen: string[] = [];
    const note = (name: string) => () => void seen.push(`${name}@${clock.now()}`);
    clock.after(30, note('c'));
    clock.after(10, note('a'));
    clock.after(10, note('b'));
    clock.after(31, note('d'));
    await clock.advance(30);
    expect(seen).toEqual(['a@10', 'b@10', 'c@30']);
    expect(clock.pending).toBe(1);
    expect(clock.nextInMs).toBe(1);
  });

  it('runs what a timer sets on the way', async () => {
    const clock = fakeClock();
    const at: number[] = [];
    const tick = (): void => {
      at.push(clock.now());
      if (at.length < 4) clock.after(5, tick);
    };
    clock.after(5, tick);
    await clock.advance(100);
    expect(at).toEqual([5, 10, 15, 20]);
    expect(clock.now()).toBe(100);
  });

  it('lets promises settle between two timers of the same time', async () => {
    const clock = fakeClock();
    const seen: string[] = [];
    clock.after(1, () => void Promise.resolve().then(() => seen.push('promise of the first')));
    clock.after(1, () => void seen.push('second'));
    await clock.advance(1);
    expect(seen).toEqual(['promise of the first', 'second']);
  });

  it('runs soon before any timer, in order, and not while it moves past it', async () => {
    const clock = fakeClock();
    const seen: string[] = [];
    clock.after(0, () => void seen.push('timer'));
    clock.soon(() => {
      seen.push('one');
      clock.soon(() => void seen.push('three'));
    });
    clock.soon(() => void seen.push('two'));
    await clock.runSoon();
    expect(seen).toEqual(['one', 'two', 'three']);
    await clock.advance(0);
    expect(seen.at(-1)).toBe('timer');
  });

  it('forgets a cancelled timer, and counts only those that are left', async () => {
    const clock = fakeClock();
    const run = vi.fn();
    const timer = clock.after(5, run);
    clock.after(6, () => undefined);
    timer.cancel();
    timer.cancel();
    expect(clock.pending).toBe(1);
    await clock.advance(10);
    expect(run).not.toHaveBeenCalled();
    expect(clock.pending).toBe(0);
    expect(clock.nextInMs).toBeUndefined();
  });

  it('runAll goes on until nothing is left and says how long that took', async () => {
    const clock = fakeClock();
    clock.after(100, () => clock.after(200, () => undefined));
    expect(await clock.runAll()).toBe(300);
  });

  it('runAll refuses a timer without end', async () => {
    const clock = fakeClock();
    const again = (): void => void clock.after(1_000, again);
    again();
    await expect(clock.runAll(10_000)).rejects.toThrow('1 timers are still left after 10000 ms');
  });

  it('until goes on until a promise is settled, and no further', async () => {
    const clock = fakeClock();
    const sleep = (ms: number): Promise<number> => new Promise((done) => clock.after(ms, () => done(ms)));
    void sleep(900);
    expect(await clock.until(sleep(100).then((ms) => sleep(ms * 2)))).toBe(200);
    expect(clock.now()).toBe(300);
    await expect(clock.until(Promise.reject(new Error('its own')))).rejects.toThrow('its own');
    await expect(clock.until(sleep(5_000), 1_000)).rejects.toThrow('not settled after 1000 ms');
    await expect(clock.until(new Promise(() => undefined))).rejects.toThrow('nothing is left to run');
  });

  it('rejects with what a callback throws, and goes on afterwards', async () => {
    const clock = fakeClock();
    const seen: number[] = [];
    clock.soon(() => {
      throw new Error('from soon');
    });
    clock.soon(() => void seen.push(1));
    clock.after(1, () => {
      throw new Error('from a timer');
    });
    await expect(clock.runSoon()).rejects.toThrow('from soon');
    await expect(clock.advance(1)).rejects.toThrow('from a timer');
    expect(seen).toEqual([1]);
  });

  it('refuses to be moved by two at once', async () => {
    const clock = fakeClock();
    const first = clock.advance(1);
    await expect(clock.advance(1)).rejects.toThrow('already moving');
    await first;
    expect(() => clock.after(NaN, () => undefined)).toThrow('not NaN');
    await expect(clock.advance(-1)).rejects.toThrow('advance takes a number of ms');
  });

  it('moves wall time along, and apart from the monotonic time when it jumps', async () => {
    const clock = fakeClock({ wallTimeMs: 1_000_000 });
    await clock.advance(5);
    expect(clock.wallTime()).toBe(1_000_005);
    clock.jumpWallTime(-10_000);
    expect(clock.wallTime()).toBe(990_005);
    expect(clock.now()).toBe(5);
  });

  it('keeps order with many timers', async () => {
    const clock = fakeClock();
    const seen: number[] = [];
    for (let i = 0; i < 500; i++) clock.after((i * 7919) % 503, () => void seen.push(clock.now()));
    await clock.runAll();
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen).toHaveLength(500);
  });

  it('stands still: what fell due meanwhile runs late, timers before what has arrived, that before soon', async () => {
    const clock = fakeClock();
    const seen: string[] = [];
    const note = (name: string) => () => void seen.push(`${name}@${clock.now()}`);
    clock.arrive(10, note('an answer'));
    clock.after(20, () => {
      note('a timer')();
      clock.soon(note('soon'));
    });
    clock.after(30, note('another'));
    clock.after(200, note('a later timer'));
    setImmediate(note('a turn of the event loop'));
    clock.block(100);
    expect(seen).toEqual([]);
    expect(clock.nextInMs).toBe(0);
    await clock.runAll();
    expect(seen).toEqual([
      'a turn of the event loop@100',
      'a timer@100',
      'another@100',
      'an answer@100',
      'soon@100',
      'a later timer@200',
    ]);
  });

  it('what arrives on time comes in order of time, after a timer of the same time', async () => {
    const clock = fakeClock();
    const seen: string[] = [];
    clock.arrive(10, () => seen.push('second'));
    clock.after(10, () => seen.push('first'));
    clock.arrive(20, () => seen.push('third'));
    clock.after(30, () => seen.push('fourth'));
    await clock.advance(30);
    expect(seen).toEqual(['first', 'second', 'third', 'fourth']);
    expect(clock.pending).toBe(0);
  });
});
