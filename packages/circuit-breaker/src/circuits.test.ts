import { testEnv } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { Announcer } from './announcer.js';
import { Circuit } from './circuit.js';
import { circuitName, Circuits, mostCircuits } from './circuits.js';
import { delivered, harness } from './harness.fixture.js';
import { resolveOptions } from './options.js';

function circuits(limit: number): Circuits {
  const env = testEnv();
  const announcer = new Announcer(env);
  return new Circuits((name) => new Circuit(name, resolveOptions({}), env, announcer), limit);
}

const names = (all: Circuits): string[] => Array.from(all.all(), ({ name }) => name);

describe('circuits', () => {
  it('of idle topics are forgotten, the longest unused first', () => {
    const all = circuits(4);
    for (const name of ['a', 'b', 'c', 'd', 'a', 'e']) all.get(name);
    expect(names(all)).toEqual(['c', 'd', 'a', 'e']);
  });

  it('that are not closed, or have failed, stay as long as another can go', () => {
    const all = circuits(4);
    for (const name of ['a', 'b', 'c', 'd']) all.get(name);
    all.get('a').open('manual');
    all.get('b').inARow = 1;
    for (const name of ['e', 'f', 'g']) all.get(name);
    expect(names(all).sort()).toEqual(['a', 'b', 'f', 'g']);
  });

  it('are bounded even when all of them are open, and the newest stays', () => {
    const all = circuits(100);
    for (let i = 0; i < 1_000; i++) {
      all.get(`t${i}`).open('manual');
      expect(all.peek(`t${i}`)).toBeDefined();
    }
    expect(all.size).toBeGreaterThan(89);
    expect(all.size).toBeLessThanOrEqual(100);
    expect(all.peek('t500')).toBeUndefined();
  });

  it('of 100,000 topics take the room of 10,000 at most', () => {
    const { stage, result } = harness();
    for (let i = 0; i < 100_000; i++) result(delivered, { topic: `t${i}` });
    const circuitCount = Number(stage.stats?.()['circuits']);
    expect(circuitCount).toBeGreaterThan(mostCircuits * 0.89);
    expect(circuitCount).toBeLessThanOrEqual(mostCircuits);
  });

  it('are named after their place', () => {
    expect(circuitName('cluster', 'orders', 1)).toBe('cluster');
    expect(circuitName('topic', 'orders', 1)).toBe('orders');
    expect(circuitName('partition', 'orders', 1)).toBe('orders/1');
    expect(circuitName('partition', 'orders', undefined)).toBe('orders');
  });
});
