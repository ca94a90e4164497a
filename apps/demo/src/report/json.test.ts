import { describe, expect, it } from 'vitest';
import { aPlainResult, aResult } from '../verdict/result.fixture.js';
import { jsonLine } from './json.js';

describe('a line of --json', () => {
  it('has every count, in the order of the table', () => {
    expect(jsonLine(aResult({ duplicated: 2, onceUnknown: 5 }), 'java')).toMatchInlineSnapshot(
      `"{"client":"kafkajs","chain":"holdfast","act":"cluster","sent":1000,"acknowledged":1000,"inTopic":1000,"lost":0,"rejected":0,"duplicated":2,"outOfOrder":0,"onceUnknown":5,"unexplainedDuplicates":0,"deadLettered":0,"replayed":0,"replayedAgain":0,"failed":0,"unknown":0,"held":0,"unaccounted":0,"conservationChecks":80,"breaches":[],"acknowledgedButLost":0,"rejectedButInTopic":0,"unanswered":0,"foreign":0,"errors":{},"uncaught":[],"evidence":[],"cluster":"java"}"`,
    );
  });

  it('names the way where the act has several', () => {
    const line: unknown = JSON.parse(jsonLine(aResult({ act: 'ways', way: 'asynchronous' }), 'java'));
    expect(line).toMatchObject({ act: 'ways', way: 'asynchronous' });
  });

  it('leaves out what the plain client cannot know', () => {
    const line: unknown = JSON.parse(jsonLine(aPlainResult(), 'java'));
    expect(line).toMatchObject({ chain: 'plain', lost: 590, rejected: 590 });
    expect(line).not.toHaveProperty('held');
    expect(line).not.toHaveProperty('onceUnknown');
    expect(line).not.toHaveProperty('unexplainedDuplicates');
  });
});
