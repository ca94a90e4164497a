import { describe, expect, it } from 'vitest';
import { aPlainResult, aResult, aTally } from '../verdict/result.fixture.js';
import { renderTable } from './table.js';

describe('the table', () => {
  it('has a row for each client, act and chain, and a gap between scenes', () => {
    const results = [
      aPlainResult({ sent: 40_000, acknowledged: 16_400, inTopic: 16_400, lost: 23_600, rejected: 23_600 }),
      aResult({ sent: 40_000, acknowledged: 40_000, inTopic: 40_000, duplicated: 31 }),
      aPlainResult({ act: 'pause', lost: 1 }),
      aResult({ act: 'pause' }),
    ];
    expect(renderTable(results, false)).toMatchInlineSnapshot(`
      "client   act      chain       sent  acknowledged  in the topic           lost  rejected  duplicated  out of order
      -------  -------  --------  ------  ------------  ------------  -------------  --------  ----------  ------------
      kafkajs  cluster  plain     40,000        16,400        16,400  23,600 (59 %)    23,600           0            12
      kafkajs  cluster  holdfast  40,000        40,000        40,000              0         0          31             0

      kafkajs  pause    plain      1,000           410           410       1 (<1 %)       590           0            12
      kafkajs  pause    holdfast   1,000         1,000         1,000              0         0           0             0
      "
    `);
  });

  it('separates the ways, and shows dead letters where there are any', () => {
    const tally = aTally({ deadLettered: 41, replayed: 41 });
    const results = [
      aPlainResult({ act: 'ways', way: 'synchronous' }),
      aResult({ act: 'ways', way: 'synchronous' }),
      aPlainResult({ act: 'ways', way: 'fire-and-forget', acknowledged: 0, rejected: 0 }),
      aResult({ act: 'ways', way: 'fire-and-forget', acknowledged: 0 }),
      aResult({ act: 'dead-letters', tally }),
    ];
    expect(renderTable(results, false)).toMatchInlineSnapshot(`
      "client   act                   chain      sent  acknowledged  in the topic        lost  rejected  duplicated  out of order  dead-lettered  replayed
      -------  --------------------  --------  -----  ------------  ------------  ----------  --------  ----------  ------------  -------------  --------
      kafkajs  ways/synchronous      plain     1,000           410           410  590 (59 %)       590           0            12              -         -
      kafkajs  ways/synchronous      holdfast  1,000         1,000         1,000           0         0           0             0              0         0

      kafkajs  ways/fire-and-forget  plain     1,000             -           410  590 (59 %)         -           0            12              -         -
      kafkajs  ways/fire-and-forget  holdfast  1,000             -         1,000           0         -           0             0              0         0

      kafkajs  dead-letters          holdfast  1,000         1,000         1,000           0         0           0             0             41        41
      "
    `);
  });

  it('shows problems in colour', () => {
    const escape = '\u001b[';
    expect(renderTable([aResult()], true)).toContain(`${escape}32mkafkajs`);
    expect(renderTable([aResult({ lost: 1 })], true)).toContain(`${escape}31mkafkajs`);
    expect(renderTable([aPlainResult()], true)).toContain(`${escape}33mkafkajs`);
  });
});
