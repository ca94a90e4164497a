import type { Delivery } from '../contract/delivery.js';
import { ProducerError } from '../contract/error.js';
import type { Middleware, Settle } from '../contract/middleware.js';
import { failed } from '../contract/outcome.js';

const error = (): ProducerError => new ProducerError('CIRCUIT_OPEN', 'drawn', { retriable: true });

/** Cuts a batch into parts, drawn. */
function parts(batch: readonly Delivery[], random: () => number): Delivery[][] {
  const cut = Math.floor(random() * (batch.length + 1));
  return [batch.slice(0, cut), batch.slice(cut)].filter((part) => part.length > 0);
}

/** What one call has begun; a call that throws has given up all of it. */
interface Work {
  givenUp: boolean;
}

function giveUp(work: Work, why: string): never {
  work.givenUp = true;
  throw new Error(why);
}

/**
 * A stage that does all that a stage may do, and (when `wrong`) much that it may not, as drawn from
 * `random`. It never says `failed` of what may be written: nobody could find out.
 */
export const chaoticStage = (name: string, random: () => number, wrong: boolean): Middleware => ({
  name,
  bind(next, env) {
    const later = (work: Work, run: () => void): void =>
      void env.clock.after(random() * 20, () => {
        if (!work.givenUp) run();
      });

    const go = (work: Work, part: Delivery[], settle: Settle): void => {
      const drawn = random();
      if (drawn < 0.6) down(part, settle);
      else if (drawn < 0.7) later(work, () => down(part, settle));
      else if (drawn < 0.8) refuse(part, settle);
      else if (drawn < 0.9) later(work, () => refuse(part, settle));
      else if (wrong) misbehave(work, part, settle);
      else down(part, settle);
    };

    const down = (part: Delivery[], settle: Settle): void =>
      next(part, (back) => {
        const work = { givenUp: false };
        if (wrong && random() < 0.05) giveUp(work, 'on the way up');
        for (const half of parts(back, random)) {
          const drawn = random();
          // What failed may be tried again or refused; the rest is as it is, and goes up now or
          // later.
          if (drawn < 0.3 && half.every(({ outcome }) => outcome?.status === 'failed'))
            go(work, half, settle);
          else if (drawn < 0.5) later(work, () => settle(half));
          else settle(half);
        }
      });

    const refuse = (part: Delivery[], settle: Settle): void => {
      for (const delivery of part) delivery.outcome = failed(error());
      settle(part);
    };

    const misbehave = (work: Work, part: Delivery[], settle: Settle): void => {
      const drawn = random();
      if (drawn < 0.2) giveUp(work, 'drawn');
      if (drawn < 0.4) return refuse([...part, ...part], settle);
      if (drawn < 0.6) {
        next([...part], settle);
        return settle(part);
      }
      if (drawn < 0.8) return settle(part);
      // Forgotten: close ends it.
    };

    return {
      send(batch, settle) {
        const work = { givenUp: false };
        for (const part of parts(batch, random)) go(work, part, settle);
        if (wrong && random() < 0.05) giveUp(work, 'after all');
      },
      ready: () =>
        random() < 0.7
          ? undefined
          : new Promise<void>((resolve) => later({ givenUp: false }, () => void resolve())),
    };
  },
});
