import { statOf } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { newDisk, Process, World } from './world.fixture.js';

const statuses = (process: Process): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { status } of process.outcomes.values()) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

describe('journal', () => {
  it("settles with Kafka's outcome, in 'delivered'", async () => {
    const world = new World();
    const process = new Process(world, { disk: newDisk() });
    await process.start();
    process.send(100);
    await process.drain();
    expect(statuses(process)).toEqual({ delivered: 100 });
    await process.close();
    expect(world.problems()).toEqual([]);
  });

  it("settles when the record is durable, in 'journaled', and delivers when Kafka is up", async () => {
    const world = new World();
    world.broker = 'down';
    const process = new Process(world, { disk: newDisk(), journal: { acknowledge: 'journaled' } });
    await process.start();
    process.send(100);
    await process.clock.advance(50);
    expect(statuses(process)).toEqual({ accepted: 100 });
    expect(world.topic).toHaveLength(0);
    world.broker = 'up';
    await process.drain();
    expect(world.problems()).toEqual([]);
    expect(world.topic).toHaveLength(100);
    await process.close();
  });

  it('sends what was not confirmed after a kill, and nothing else', async () => {
    const world = new World();
    const first = new Process(world, { disk: newDisk(), journal: { acknowledge: 'journaled' } });
    await first.start();
    first.send(300);
    await first.drain();
    await first.clock.advance(1_000); // the ranges are written
    world.broker = 'down';
    first.send(200);
    await first.clock.advance(1_000);
    expect(statuses(first)).toEqual({ accepted: 500 });
    world.broker = 'up';
    const second = new Process(world, { disk: first.disk.kill() });
    await second.start();
    expect(second.backlog).toBe(200);
    await second.drain();
    expect(second.handed).toHaveLength(200);
    expect(world.topic).toHaveLength(500);
    expect(world.problems()).toEqual([]);
    await second.close();
    const third = new Process(world, { disk: second.disk.kill() });
    await third.start();
    expect(third.backlog).toBe(0);
    await third.close();
  });

  it('sends new records after those that earlier starts left, in order', async () => {
    const world = new World();
    world.broker = 'down';
    let disk = newDisk();
    for (let start = 0; start < 5; start++) {
      const process = new Process(world, { disk, journal: { acknowledge: 'journaled' } });
      await process.start();
      for (let i = 0; i < 20; i++) {
        process.send(20);
        await process.clock.advance(3);
      }
      disk = process.disk.kill();
    }
    world.broker = 'up';
    const last = new Process(world, { disk, journal: { acknowledge: 'journaled' } });
    await last.start();
    last.send(100);
    await last.drain();
    expect(world.topic).toHaveLength(2_100);
    expect(world.problems()).toEqual([]);
    await last.close();
  });

  it('keeps memory bounded whatever the size of the backlog, and reads it back in order', async () => {
    const world = new World();
    world.broker = 'down';
    const disk = newDisk();
    const process = new Process(world, {
      disk,
      journal: { acknowledge: 'journaled', maxInFlightRecords: 50, maxBytes: 8 * 1024 * 1024 },
    });
    await process.start();
    for (let i = 0; i < 100; i++) {
      process.send(100);
      await process.clock.advance(2);
    }
    expect(statuses(process)).toEqual({ accepted: 10_000 });
    expect(process.stage.stats?.()).toMatchObject({ state: 'behind', backlogRecords: 10_000 });
    world.broker = 'up';
    await process.clock.advance(100);
    process.send(100);
    await process.drain();
    expect(world.problems()).toEqual([]);
    expect(world.topic).toHaveLength(10_100);
    process.send(100);
    await process.drain();
    expect(process.stage.stats?.()).toMatchObject({ state: 'open' });
    expect(world.problems()).toEqual([]);
    await process.close();
  });

  it('reuses its disk space, however long it runs', async () => {
    const world = new World();
    const process = new Process(world, { disk: newDisk(), journal: { maxBytes: 128 * 1024 } });
    await process.start();
    for (let i = 0; i < 300; i++) {
      process.send(50);
      await process.drain();
    }
    expect(statuses(process)).toEqual({ delivered: 15_000 });
    expect(Number(statOf(process.stage, 'diskBytes'))).toBeLessThanOrEqual(128 * 1024);
    await process.close();
    expect(world.problems()).toEqual([]);
  });
});
