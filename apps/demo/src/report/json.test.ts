import { describe, expect, it } from 'vitest';
import { aPlainResult, aResult } from '../verdict/result.fixture.js';
import { jsonLine } from './json.js';

describe('a line of --json', () => {
  it('has every count, in the order of the table', () => {
    expect(jsonLine(aResult({ duplicated: 2, onceUnknown: 5 }), 'java')).toMatchInlineSnapshot(
      `"{"client":"kafkajs","chain":"holdfast","act":"cluster","sent":1000,"acknowledged":1000,"inTopic":1000,"lost":0,"rejected":0,"duplicated":2,"outOfOrder":0,"onceUnknown":5,"unexplainedDuplicates":0,"acknowledgedButLost":0,"rejectedButInTopic":0,"unanswered":0,"foreign":0,"errors":{},"uncaught":[],"evidence":[],"cluster":"java"}"`,
    );
  });

  it('leaves out what the plain client cannot know', () => {
    const line: unknown = JSON.parse(jsonLine(aPlainResult(), 'java'));
    expect(line).toMatchObject({ chain: 'plain', lost: 590, rejected: 590 });
    expect(line).not.toHaveProperty('onceUnknown');
    expect(line).not.toHaveProperty('unexplainedDuplicates');
  });
});
