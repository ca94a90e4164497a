import type { Delivery, Env, Send, Settle } from '@holdfast/core/stage';
import { expect, it } from 'vitest';
import { said, type Bind } from './stages.fixture.js';

const overtaken =
  /sent record \d of a key before record \d, which came before it.*HOLDFAST_SEED=\d+ HOLDFAST_RUNS=1 repeats it/;
const isLost = ({ outcome }: Delivery): boolean =>
  outcome?.status === 'failed' || outcome?.status === 'unknown';
const traits = { resends: true };
/** Long, as a record may fail until its deadline. */
const againMs = 1_000;

it('tells one that sends each record again as it comes back', async () => {
  const eager: Bind = (next, { clock }) => {
    const send: Send = (batch, settle) =>
      next(batch, (settled) => {
        const again = settled.filter((one) => isLost(one) && one.deadline > clock.now() + againMs);
        settle(settled.filter((one) => !again.includes(one)));
        if (again.length > 0) clock.after(againMs, () => send(again, settle));
      });
    return { send };
  };
  expect(await said('eager', eager, traits)).toMatch(overtaken);
});

it('tells one that takes a record with an outcome for one that has come back', async () => {
  const hasty: Bind = (next, env) => ({ send: (batch, settle) => sendWhole(batch, settle, next, env) });
  expect(await said('hasty', hasty, traits)).toMatch(overtaken);
});

/** Sends again all that failed of a batch, in order, once every record of it has an outcome. */
function sendWhole(batch: readonly Delivery[], settle: Settle, next: Send, env: Env): void {
  const back: Delivery[] = [];
  for (const one of batch) one.outcome = undefined;
  next([...batch], (settled) => {
    back.push(...settled);
    if (batch.some(({ outcome }) => outcome === undefined)) return;
    const isAgain = (one: Delivery): boolean => isLost(one) && one.deadline > env.clock.now() + againMs;
    const done = back.filter((one) => !isAgain(one));
    const again = batch.filter((one) => back.includes(one) && isAgain(one));
    back.length = 0;
    if (done.length > 0) settle(done);
    if (again.length > 0) env.clock.after(againMs, () => sendWhole(again, settle, next, env));
  });
}
