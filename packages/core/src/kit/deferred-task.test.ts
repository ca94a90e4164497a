import { checkProperty, fakeClock } from '@holdfast/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DeferredTask } from './deferred-task.js';

it('runs once in the turn after its requests, and again for those made while it runs', async () => {
  // How often each run is requested: before it, or during the run before.
  const requests = fc.array(fc.nat({ max: 3 }), { maxLength: 20 });
  const property = fc.asyncProperty(requests, async (all) => {
    const clock = fakeClock();
    let runs = 0;
    const request = (times: number): void => {
      for (let i = 0; i < times; i++) task.schedule();
    };
    const task = new DeferredTask(clock, () => request(all[++runs] ?? 0));
    request(all[0] ?? 0);
    expect(runs).toBe(0);
    expect(clock.pending).toBe((all[0] ?? 0) > 0 ? 1 : 0);
    await clock.runSoon();
    const firstWithout = all.indexOf(0);
    expect(runs).toBe(firstWithout === -1 ? all.length : firstWithout);
  });
  await checkProperty(property);
});
