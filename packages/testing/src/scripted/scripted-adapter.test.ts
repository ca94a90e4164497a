import { keyPartition, ProducerError } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDelivery } from '../values/create-delivery.js';
import { fakeClock, type FakeClock } from '../env/fake-clock.js';
import { scriptedAdapter, type ScriptedAdapter } from './scripted-adapter.js';
import { randomScript } from './random-script.js';
import type { Script } from './step.js';

let clock: FakeClock;
let settled: string[][];

beforeEach(() => {
  clock = fakeClock();
  settled = [];
});

const record = (value: string, key: string | null = 'k'): Delivery =>
  createDelivery({ topic: 'orders', key, value });
const text = (delivery: Delivery): string => Buffer.from(delivery.record.value ?? []).toString();
const note = (batch: Delivery[]): void =>
  void settled.push(batch.map((one) => `${text(one)} ${one.outcome?.status ?? 'nothing'}@${clock.now()}`));

function send(script: Script, ...values: string[]): ScriptedAdapter {
  const adapter = scriptedAdapter({ clock, script });
  adapter.send(
    values.map((value) => record(value)),
    note,
  );
  return adapter;
}

describe('scriptedAdapter', () => {
  it('delivers in the next turn, with offsets that count up in each partition', async () => {
    const adapter = send([], 'a', 'b');
    expect(settled).toEqual([]);
    await clock.runSoon();
    expect(settled).toEqual([['a delivered@0', 'b delivered@0']]);
    expect(
      adapter.log.partition('orders', keyPartition(Buffer.from('k'), 3)).map(({ offset }) => offset),
    ).toEqual([0, 1]);
    expect(adapter.log.values('orders')).toEqual(['a', 'b']);
  });

  it('follows a list: one step a call, or one a record, and then delivers', async () => {
    const adapter = send([{ outcome: 'failed' }, [{ outcome: 'unknown', written: true }]], 'a');
    adapter.send([record('b'), record('c')], note);
    adapter.send([record('d')], note);
    await clock.runSoon();
    expect(settled).toEqual([['a failed@0'], ['b unknown@0', 'c delivered@0'], ['d delivered@0']]);
    expect(adapter.log.values()).toEqual(['b', 'c', 'd']);
  });

  it('settles in parts, by delay and by part', async () => {
    send([[{ delayMs: 9 }, { delayMs: 5, part: 1 }, { delayMs: 5 }]], 'a', 'b', 'c');
    await clock.runAll();
    expect(settled).toEqual([['c delivered@5'], ['b delivered@5'], ['a delivered@9']]);
  });

  it('tells the script the attempt and the place', async () => {
    const seen: string[] = [];
    const adapter = scriptedAdapter({
      clock,
      script: (_, { call, index, attempt, batchSize }) => {
        seen.push(`call ${call} index ${index} of ${batchSize} attempt ${attempt}`);
        return {};
      },
    });
    const twice = record('a');
    adapter.send([twice], note);
    adapter.send([record('b'), twice], note);
    expect(seen).toEqual([
      'call 0 index 0 of 1 attempt 1',
      'call 1 index 0 of 2 attempt 1',
      'call 1 index 1 of 2 attempt 2',
    ]);
  });

  it('writes a request that was given up after the answer', async () => {
    const adapter = send([{ outcome: 'unknown', written: true, delayMs: 5, writeAfterMs: 50 }], 'a');
    await clock.advance(5);
    expect(settled).toEqual([['a unknown@5']]);
    expect(adapter.log.messages()).toEqual([]);
    await clock.runAll();
    expect(adapter.log.values()).toEqual(['a']);
  });

  it('misbehaves when told to', async () => {
    const own = new ProducerError('CLIENT_FATAL', 'gone');
    expect(() => send([[{}, { fault: 'throws', error: own }]], 'a', 'b')).toThrow(own);
    send([{ fault: 'sync' }], 'c');
    expect(settled).toEqual([['c delivered@0']]);
    send([{ fault: 'twice' }], 'd');
    send([{ fault: 'no-outcome' }], 'e');
    await clock.runSoon();
    expect(settled.slice(1)).toEqual([
      ['a delivered@0'],
      ['d delivered@0'],
      ['e nothing@0'],
      ['d delivered@0'],
    ]);
  });

  it('settles at disconnect what hangs, and forgets what is never settled', async () => {
    const adapter = send([[{ fault: 'hangs' }, { fault: 'never' }, { delayMs: 3 }]], 'a', 'b', 'c');
    const done = adapter.disconnect(10);
    await clock.runAll();
    await done;
    expect(settled).toEqual([['c delivered@3'], ['a unknown@10']]);
    expect(clock.pending).toBe(0);
    expect(adapter.inFlight).toBe(1);
  });

  it('flush resolves when all that was sent before is settled, and leaves no timer', async () => {
    const adapter = send([{ delayMs: 20 }], 'a');
    let flushed = -1;
    void adapter.flush(1_000).then(() => (flushed = clock.now()));
    await clock.runAll();
    expect(flushed).toBe(20);
    expect(clock.now()).toBe(20);
  });

  it('gauges what is in flight, also by lane', async () => {
    const adapter = send([{ delayMs: 10 }, { delayMs: 10 }, { delayMs: 10 }], 'a', 'b');
    adapter.send([createDelivery({ topic: 'orders', key: 'other', value: 'c' })], note);
    adapter.send([record('keyless', null)], note);
    expect(adapter.inFlight).toBe(4);
    expect(adapter.maxInFlightPerLane).toBe(1);
    const late = record('d');
    adapter.send([late], note);
    await clock.runAll();
    expect(adapter.inFlight).toBe(0);
    expect(adapter.maxInFlight).toBe(5);
    expect(adapter.maxInFlightPerLane).toBe(2);
    expect(adapter.maxInFlightOfLane(late.lane)).toBe(2);
  });
});

describe('randomScript', () => {
  const run = async (seed: number): Promise<string[]> => {
    const time = fakeClock();
    const adapter = scriptedAdapter({ clock: time, script: randomScript({ seed, rejected: 0.1 }) });
    const seen: string[] = [];
    for (let call = 0; call < 20; call++) {
      const batch = Array.from({ length: 5 }, (_, i) =>
        createDelivery({ topic: 't', key: `${i}`, value: `${call}.${i}` }),
      );
      adapter.send(batch, (some) =>
        seen.push(...some.map((one) => `${text(one)} ${one.outcome?.status}@${time.now()}`)),
      );
    }
    await time.runAll();
    return seen;
  };

  it('is the same for the same seed', async () => {
    expect(await run(5)).toEqual(await run(5));
    expect(await run(5)).not.toEqual(await run(6));
    expect(await run(5)).toHaveLength(100);
  });
});
