import { describe, expect, it } from 'vitest';
import { ConservationWatch, unaccounted } from './conservation.js';

const terms = { sent: 10, delivered: 4, deadLettered: 1, accepted: 1, failed: 1, unknown: 1, held: 2 };
const counted = { sent: 10, unanswered: 2 };

describe('a check of the terms', () => {
  it('finds nothing while they add up, and agree with the service', () => {
    const watch = new ConservationWatch();
    watch.look(terms, counted);
    watch.look(terms, { sent: 10, unanswered: undefined });
    expect(watch.report(terms)).toEqual({ terms, checks: 2, breaches: [] });
  });

  it.each([
    [{ delivered: 5 }, counted, 'the terms make 11, and 10 were sent (look 1)'],
    [{}, { sent: 9, unanswered: 2 }, 'the service sent 9, and stats() says 10 (look 1)'],
    [{}, { sent: 10, unanswered: 3 }, '3 have no answer, and stats() says 2 are held (look 1)'],
  ])('finds %o beside %o', (changes, service, words) => {
    const watch = new ConservationWatch();
    watch.look({ ...terms, ...changes }, service);
    expect(watch.report(terms).breaches).toEqual([words]);
  });
});

describe('the count at the end', () => {
  const places = { sent: 10, inTopic: 6, deadLettered: 1 };

  it.each([
    [{ failed: 1, unknown: 2, held: 0 }, 0],
    [{ failed: 3, unknown: 2, held: 0 }, 0],
    [{ failed: 0, unknown: 0, held: 2 }, 1],
    [{ failed: 1, unknown: 1, held: 0 }, 1],
    [{ failed: 4, unknown: 0, held: 0 }, 1],
  ])('with %o leaves %d records unaccounted for', (counts, records) => {
    expect(unaccounted(places, counts)).toBe(records);
  });
});
