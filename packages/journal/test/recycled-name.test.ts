import { expect, it } from 'vitest';
import { newDisk, Process, World } from './world.fixture.js';

it('a recycled file that was renamed and has no new header yet does not prevent the next start', async () => {
  for (let call = 1; call <= 5; call++) {
    const world = new World();
    const disk = newDisk(call);
    const fault = disk.faults.at({ operation: 'rename', call }, { stop: 'after' });
    const dying = new Process(world, { disk });
    await dying.start();
    for (let round = 0; !disk.dead && round < 100; round++) {
      dying.send(20, { valueBytes: 200 });
      await dying.clock.advance(10);
    }
    expect(fault.struck).toBe(1);
    const next = new Process(world, { disk: disk.kill() });
    const stalls: string[] = [];
    next.env.events.on('journal.stalled', ({ code }) => stalls.push(code));
    await next.start();
    next.send(20);
    await next.drain();
    await next.close();
    expect(stalls, `rename ${call}`).toEqual([]);
    expect(world.problems()).toEqual([]);
  }
});
