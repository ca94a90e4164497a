import { describe, expect, it } from 'vitest';
import { ExternalNodes } from './external-nodes.js';
import { LiveCluster } from './live-cluster.js';
import { UsageError } from './usage-error.js';

describe("the user's own cluster", () => {
  const cluster = new LiveCluster(new ExternalNodes(['kafka.example:9092']), 'test', 1_000);

  it('is never killed, stopped, paused or started', async () => {
    for (const action of ['kill', 'stop', 'pause', 'resume'] as const) {
      await expect(cluster[action](1)).rejects.toThrow(/KAFKA_BROKERS names a cluster of your own/);
    }
    await expect(cluster.killAll()).rejects.toThrow(UsageError);
  });

  it('has brokers by position, and no others', async () => {
    expect(cluster.status()).toEqual([{ id: 1, pid: undefined, port: 9092, state: 'running' }]);
    await expect(cluster.kill(2)).rejects.toThrow('no broker 2: the ids are 1 to 1');
    await expect(cluster.kill(0.5)).rejects.toThrow('no broker 0.5');
  });

  it('refuses everything once it is down; a second down is fine', async () => {
    const other = new LiveCluster(new ExternalNodes(['a:1']), 'test', 1_000);
    await other.down();
    await other.down();
    await expect(other.kill(1)).rejects.toThrow('this cluster is down');
  });
});
