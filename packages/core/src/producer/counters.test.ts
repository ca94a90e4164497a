import { expect, it } from 'vitest';
import { Counters } from './counters.js';
import { ProducerError } from '../contract/error.js';
import { failed, unknown } from '../contract/outcome.js';

const error = (code: string): ProducerError => new ProducerError(code, code);

it('counts by outcome, and by code what was not delivered', () => {
  const counters = new Counters();
  counters.settled({ status: 'delivered', topic: 't', partition: 0, offset: 0, timestamp: 0 });
  counters.settled({ status: 'accepted', by: 'journal' });
  counters.settled({ status: 'dead-lettered', to: 'dlq', error: error('A') });
  counters.settled(failed(error('A')));
  counters.settled(failed(error('B')));
  counters.settled(unknown(error('B')));
  counters.forgotten(0, 'C');
  counters.forgotten(3, 'D');
  expect(counters.outcomes()).toEqual({ delivered: 1, accepted: 1, deadLettered: 1, failed: 2, unknown: 4 });
  expect(counters.errors()).toEqual({
    deadLettered: { A: 1 },
    failed: { A: 1, B: 1 },
    unknown: { B: 1, D: 3 },
  });
});
