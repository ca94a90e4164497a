import { circuitBreaker, ConsecutiveBreaker, ExponentialBackoff, handleAll, retry, wrap } from 'cockatiel';
import OpossumBreaker from 'opossum';

export type Rival = 'cockatiel' | 'opossum';

/** The guarded call, which succeeds at once. */
const work = (): Promise<void> => Promise.resolve();

/** Returns a function that runs one guarded call. */
export const rivals: { readonly [rival in Rival]: () => () => Promise<unknown> } = {
  cockatiel: () => {
    const policy = wrap(
      retry(handleAll, { maxAttempts: 10, backoff: new ExponentialBackoff() }),
      circuitBreaker(handleAll, { halfOpenAfter: 1_000, breaker: new ConsecutiveBreaker(5) }),
    );
    return () => policy.execute(work);
  },
  opossum: () => {
    const breaker = new OpossumBreaker(work, { timeout: false });
    return () => breaker.fire();
  },
};
