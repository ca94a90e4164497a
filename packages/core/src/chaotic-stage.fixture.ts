import type { Delivery } from './delivery.js';
import { ProducerError } from './error.js';
import type { Middleware, Send, Settle } from './middleware.js';
import { failed } from './outcome.js';

const error = (): ProducerError => new ProducerError('CIRCUIT_OPEN', 'drawn', { retriable: true });

/** Cuts a batch into parts, drawn. */
function parts(batch: readonly Delivery[], random: () => number): Delivery[][] {
  const cut = Math.floor(random() * (batch.length + 1));
  return [batch.slice(0, cut), batch.slice(cut)].filter((part) => part.length > 0);
}

/**
 * A stage that does all that a stage may do, and (when `wrong`) much that it may not, as drawn from `random`. It never says
 * `failed` of what may be written, unless it hands on what it refuses.
 */
export const chaoticStage = (name: string, random: () => number, wrong: boolean): Middleware => ({
  name,
  bind(next, env) {
    const later = (run: () => void): void => void env.clock.after(random() * 20, run);

    const one = (part: Delivery[], settle: Settle): void => {
      const drawn = random();
      if (drawn < 0.6) down(part, settle);
      else if (drawn < 0.7) later(() => down(part, settle));
      else if (drawn < 0.8) refuse(part, settle);
      else if (drawn < 0.9) later(() => refuse(part, settle));
      else if (wrong) misbehave(part, settle, next);
      else down(part, settle);
    };
    const down: Send = (part, settle) =>
      next(part, (back) => {
        const drawn = random();
        if (wrong && drawn < 0.05) throw new Error('on the way up');
        for (const half of parts(back, random)) {
          // What failed may be tried again or refused; the rest is as it is, and goes up now or later.
          if (drawn < 0.3 && half.every(({ outcome }) => outcome?.status === 'failed')) one(half, settle);
          else if (drawn < 0.5) later(() => settle(half));
          else settle(half);
        }
      });
    const refuse: Send = (part, settle) => {
      for (const delivery of part) delivery.outcome = failed(error());
      settle(part);
    };
    const misbehave = (part: Delivery[], settle: Settle, hand: Send): void => {
      const drawn = random();
      if (drawn < 0.2) throw new Error('drawn');
      if (drawn < 0.4) return refuse([...part, ...part], settle);
      if (drawn < 0.6) return void [hand([...part], settle), refuse(part, settle)];
      if (drawn < 0.8) return settle(part);
      // Forgotten: close ends it.
    };
    return {
      send(batch, settle) {
        for (const part of parts(batch, random)) one(part, settle);
        if (wrong && random() < 0.05) throw new Error('after all');
      },
      ready: () => (random() < 0.7 ? undefined : new Promise<void>((resolve) => later(() => void resolve()))),
    };
  },
});
