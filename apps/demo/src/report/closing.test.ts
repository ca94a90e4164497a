import { describe, expect, it } from 'vitest';
import { aPlainResult, aResult, aTally } from '../verdict/result.fixture.js';
import { closingWords } from './closing.js';

describe('the closing text', () => {
  it('says what the plain client lost, and that Holdfast lost nothing', () => {
    const results = [aPlainResult(), aResult({ duplicated: 3, onceUnknown: 8 })];
    expect(closingWords(results)).toMatchInlineSnapshot(`
      "Plain kafkajs, cluster: lost 590 of 1,000 records, put 12 out of order within their keys.
      Holdfast: 0 of 1,000 records lost, 0 out of order, 3 duplicated, each of them a record that once had the outcome \`unknown\` (8 had it).
      sent = delivered + dead-lettered + failed + unknown + held, each of the 80 times that it was looked at.
      "
    `);
  });

  it('names the way, and says what was dead-lettered and replayed', () => {
    const tally = aTally({ deadLettered: 41, replayed: 41 });
    const words = closingWords([aPlainResult({ act: 'ways', way: 'synchronous' }), aResult({ tally })]);
    expect(words).toContain('Plain kafkajs, ways/synchronous: lost');
    expect(words).toContain('41 records were dead-lettered and replayed when the cause was gone');
  });

  it('says when the plain client had acknowledged what it lost', () => {
    expect(closingWords([aPlainResult({ acknowledgedButLost: 40 })])).toContain(
      'lost 590 of 1,000 records, 40 of which it had acknowledged, put',
    );
    expect(closingWords([aPlainResult({ acknowledgedButLost: 590 })])).toContain(
      'lost 590 of 1,000 records, all of which it had acknowledged, put',
    );
  });

  it('sets apart what had no answer when its service was killed', () => {
    const words = closingWords([aResult({ act: 'kill', acknowledged: 990, inTopic: 992, lost: 8 })]);
    expect(words).toContain('Holdfast: 0 of 992 records lost');
    expect(words).toContain('8 more had no answer yet when their service was killed');
  });

  it('says where Holdfast broke its promise', () => {
    const words = closingWords([aResult({ lost: 1, outOfOrder: 2 })]);
    expect(words).toContain('Holdfast BROKE ITS PROMISE (kafkajs, cluster): 1 lost.');
    expect(words).toContain(
      'Holdfast BROKE ITS PROMISE (kafkajs, cluster): 2 out of order within their key.',
    );
    expect(words).not.toContain('0 of');
  });
});
