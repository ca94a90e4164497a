import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { turn } from '../contract/deliveries.fixture.js';
import { ProducerError } from '../contract/error.js';
import { runInTurn, runStep, within } from './life-cycle.js';

const late = (): ProducerError => new ProducerError('FLUSH_TIMEOUT', 'late');
const never = new Promise<void>(() => undefined);

describe('within', () => {
  it('gives what the work gives, and leaves no timer', async () => {
    const clock = fakeClock();
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- foreign code may
    const text = Promise.reject('text');
    await expect(within(Promise.resolve(5), 10, clock, late)).resolves.toBe(5);
    await expect(within(Promise.reject(new Error('x')), 10, clock, late)).rejects.toThrow('x');
    await expect(within(text, 10, clock, late)).rejects.toMatchObject({ cause: 'text' });
    expect(clock.pending).toBe(0);
  });

  it('rejects at the deadline, also one that has passed', async () => {
    const clock = fakeClock({ nowMs: 100 });
    const soon = within(never, 110, clock, late);
    const past = within(never, 50, clock, late);
    soon.catch(() => undefined);
    past.catch(() => undefined);
    await clock.advance(10);
    await expect(past).rejects.toThrow('late');
    await expect(soon).rejects.toThrow('late');
  });

  it('gives what came while the process stood still, though the deadline has passed', async () => {
    const clock = fakeClock();
    const work = new Promise<number>((resolve) => clock.arrive(5, () => resolve(5)));
    const answer = within(work, 100, clock, late);
    clock.block(3_000);
    await expect(clock.until(answer)).resolves.toBe(5);
  });

  it('waits for ever without a deadline, and leaves no timer', async () => {
    const clock = fakeClock();
    let answer: (value: number) => void = () => undefined;
    const work = new Promise<number>((resolve) => (answer = resolve));
    const ends: unknown[] = [];
    const ended = within(work, Infinity, clock, late).then(
      (value) => ends.push(value),
      (error: unknown) => ends.push(error),
    );
    expect(clock.pending).toBe(0);
    await clock.advance(1e12);
    expect(ends).toEqual([]);
    answer(5);
    await ended;
    expect(ends).toEqual([5]);
  });
});

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
