import { describe, expect, it } from 'vitest';
import { startKafka } from '../index.js';
import { findMock } from './mock-nodes.js';

describe.skipIf(findMock() !== true)("librdkafka's mock cluster", () => {
  it('answers, creates topics, and is stopped and killed as one', async () => {
    await using cluster = await startKafka({ brokers: 3, kind: 'mock' });
    expect(cluster.status().map(({ state }) => state)).toEqual(['running', 'running', 'running']);
    await cluster.createTopic('t', { partitions: 4 });
    expect(await cluster.leader('t', 3)).toBeGreaterThan(0);
    await expect(cluster.createTopic('other', { partitions: 5 })).rejects.toThrow(/4 partitions only/);
    await cluster.pause(2);
    expect(cluster.status().map(({ state }) => state)).toEqual(['paused', 'paused', 'paused']);
    await cluster.resume(2);
    await cluster.kill(1);
    await expect(cluster.start(1)).rejects.toThrow(/cannot come back/);
  });
});
