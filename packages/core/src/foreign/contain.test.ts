import { containedClock, containedLogger } from '../kit/contained-env.js';
import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { contain } from './contain.js';
import { turn } from '../contract/deliveries.fixture.js';

const fail = (): never => {
  throw new Error('oops');
};

describe('contain', () => {
  it('catches exceptions and rejections, and ignores results', async () => {
    const threw: unknown[] = [];
    const note = (error: unknown): void => void threw.push(error);
    contain(fail, note);
    contain(async () => fail(), note);
    contain(() => 5, note);
    contain(() => Promise.resolve(5), note);
    contain(() => undefined, note);
    await turn();
    expect(threw).toEqual([new Error('oops'), new Error('oops')]);
  });
});

describe('containedClock', () => {
  it('is the same clock, except that it catches exceptions of its callbacks', async () => {
    const clock = fakeClock();
    const threw: unknown[] = [];
    const contained = containedClock(clock, (error) => threw.push(error));
    contained.after(5, fail);
    contained.soon(fail);
    contained.after(6, fail).cancel();
    await clock.advance(10);
    expect(threw).toHaveLength(2);
    expect(contained.now()).toBe(clock.now());
    expect(contained.wallTime()).toBe(clock.wallTime());
  });
});

describe('containedLogger', () => {
  it('passes every line on, and swallows exceptions', () => {
    const lines: unknown[][] = [];
    const logger = containedLogger({
      debug: (...args) => void lines.push(['debug', ...args]),
      info: (...args) => void lines.push(['info', ...args]),
      warn: (...args) => void lines.push(['warn', ...args]),
      error: fail,
    });
    logger.debug('a', { x: 1 });
    logger.info('b');
    logger.warn('c');
    logger.error('d');
    expect(lines).toEqual([
      ['debug', 'a', { x: 1 }],
      ['info', 'b', undefined],
      ['warn', 'c', undefined],
    ]);
  });
});
