import { describe, expect, it } from 'vitest';
import { noLane } from '../contract/delivery.js';
import { LaneOrder } from './lane-order.js';

/** Sends of a lane, each of which ends when the test says so. */
function sends() {
  const order = new LaneOrder();
  const said: string[] = [];
  const ends = new Map<string, (isDelivered: boolean) => void>();
  const send = (lane: number, name: string): Promise<void> =>
    order.run(
      lane,
      () => {
        said.push(`sent ${name}`);
        return new Promise((resolve) => ends.set(name, resolve));
      },
      () => void said.push(`held ${name}`),
    );
  const end = async (name: string, isDelivered: boolean): Promise<void> => {
    ends.get(name)?.(isDelivered);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { order, said, send, end };
}

describe('the order of lanes', () => {
  it('has one record of a lane under way, and those of others beside it', async () => {
    const { said, send, end } = sends();
    const all = [send(1, 'a1'), send(1, 'a2'), send(2, 'b1'), send(noLane, 'x'), send(noLane, 'y')];
    await end('none', true);
    expect(said).toEqual(['sent x', 'sent y', 'sent a1', 'sent b1']);
    await end('a1', true);
    expect(said.at(-1)).toBe('sent a2');
    for (const name of ['a2', 'b1', 'x', 'y']) await end(name, true);
    await Promise.all(all);
  });

  it('holds back what is behind one that failed, and only that', async () => {
    const { order, said, send, end } = sends();
    const all = [send(1, 'a1'), send(1, 'a2'), send(1, 'a3'), send(2, 'b1'), send(noLane, 'x')];
    await end('x', false);
    await end('a1', false);
    expect(said.slice(-2)).toEqual(['held a2', 'held a3']);
    expect([order.isHeld(1), order.isHeld(2), order.isHeld(noLane)]).toEqual([true, false, false]);
    await end('b1', true);
    await Promise.all([...all, send(1, 'a4')]);
    expect(said.at(-1)).toBe('held a4');
  });
});
