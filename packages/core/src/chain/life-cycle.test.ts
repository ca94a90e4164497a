import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { turn } from '../contract/deliveries.fixture.js';
import { runInTurn, runStep } from './life-cycle.js';

const never = new Promise<void>(() => undefined);

describe('runStep', () => {
  it('answers with what went wrong, as an Error', async () => {
    const clock = fakeClock();
    const cause = new Error('x');
    expect(await runStep({ name: 'a', run: () => undefined }, 10, clock)).toBeUndefined();
    expect(await runStep({ name: 'a', run: () => Promise.reject(cause) }, 10, clock)).toBe(cause);
    const thrown = await runStep(
      {
        name: 'a',
        run: () => {
          // eslint-disable-next-line @typescript-eslint/only-throw-error -- foreign code may
          throw 'text';
        },
      },
      10,
      clock,
    );
    expect(thrown).toMatchObject({ code: 'STAGE_FAILED', stage: 'a', cause: 'text' });
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- foreign code may
    const rejected = await runStep({ name: 'a', run: () => Promise.reject('text') }, 10, clock);
    expect(rejected).toMatchObject({ code: 'STAGE_FAILED', stage: 'a', cause: 'text' });
    expect(clock.pending).toBe(0);
  });
});

describe('runInTurn', () => {
  it('goes on after a failure and after a step that hangs, which has the grace to itself', async () => {
    const clock = fakeClock();
    const ran: string[] = [];
    const step = (name: string, result: Promise<void> | undefined = undefined) => ({
      name,
      run: () => {
        ran.push(`${name}@${clock.now()}`);
        return result;
      },
    });
    const errors = runInTurn(
      [step('a'), step('b', Promise.reject(new Error('broken'))), step('c', never), step('d')],
      100,
      10,
      clock,
    );
    await turn();
    expect(ran).toEqual(['a@0', 'b@0', 'c@0']);
    await clock.advance(110);
    expect((await errors).map(({ message }) => message)).toEqual(['broken', "'c' did not finish in time"]);
    expect(ran.at(-1)).toBe('d@110');
  });
});
