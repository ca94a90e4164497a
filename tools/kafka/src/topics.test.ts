import { describe, expect, it } from 'vitest';
import { newTopic } from './topics.js';

describe('a new topic', () => {
  it('is on all brokers, and acks=all means two of them', () => {
    expect(newTopic(3, 't', {})).toEqual({
      name: 't',
      partitions: 1,
      replicationFactor: 3,
      config: { 'min.insync.replicas': '2' },
    });
    expect(newTopic(1, 't', { partitions: 6 })).toMatchObject({
      partitions: 6,
      config: { 'min.insync.replicas': '1' },
    });
    expect(newTopic(3, 't', { replicationFactor: 1 }).config).toEqual({ 'min.insync.replicas': '1' });
  });

  it("keeps the user's settings", () => {
    const config = { 'min.insync.replicas': '3', 'cleanup.policy': 'compact' };
    expect(newTopic(3, 't', { config }).config).toEqual(config);
  });

  it('refuses impossible numbers, all at once', () => {
    expect(() => newTopic(3, 't', { partitions: 0, replicationFactor: 1.5 })).toThrow(
      /partitions: .*replicationFactor: /,
    );
    expect(() => newTopic(1, 't', { replicationFactor: 3 })).toThrow(
      'replicationFactor: 3 needs as many brokers; there are 1',
    );
  });
});
