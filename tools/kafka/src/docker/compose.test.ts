import { describe, expect, it } from 'vitest';
import { composeFile, containerName, environmentName } from './compose.js';

const plan = { directory: '/data', project: 'p', ports: [21, 22, 23] };

describe('the compose file', () => {
  it('names settings as the image expects them', () => {
    expect(environmentName('node.id')).toBe('KAFKA_NODE_ID');
    expect(environmentName('a-b_c.d')).toBe('KAFKA_A__B___C_D');
  });

  it('publishes each broker on the loopback address, under its advertised port', () => {
    const file = composeFile({
      plan,
      clusterId: 'c',
      autoCreateTopics: false,
      overrides: { 'log.retention.ms': '5' },
    });
    const { services } = JSON.parse(file) as { services: Record<string, object> };
    expect(Object.keys(services)).toEqual(['broker-1', 'broker-2', 'broker-3']);
    expect(services['broker-2']).toMatchObject({
      container_name: containerName(plan, 2),
      ports: ['127.0.0.1:22:22'],
      environment: {
        CLUSTER_ID: 'c',
        KAFKA_NODE_ID: '2',
        KAFKA_ADVERTISED_LISTENERS: 'CLIENT://127.0.0.1:22,INTERNAL://broker-2:9094',
        KAFKA_CONTROLLER_QUORUM_VOTERS: '1@broker-1:9093,2@broker-2:9093,3@broker-3:9093',
        KAFKA_MIN_INSYNC_REPLICAS: '2',
        KAFKA_LOG_RETENTION_MS: '5',
      },
    });
  });
});
