import type { ClusterSecurity, KafkaCluster } from './cluster.js';
import { startKafka } from './start.js';
import type { Permission } from './protocol/acls.js';

/** A broker that gives no producer id to the user `limited`, who may write to every topic. */
export interface WithoutProducerIds {
  readonly cluster: KafkaCluster;
  readonly security: ClusterSecurity;
  /** From now on it gives one. */
  grantId(): Promise<void>;
}

const toTheCluster = (username: string): Permission => ({
  ...{
    username,
    resource: 'cluster',
    name: 'kafka-cluster',
    pattern: 'literal',
    operation: 'idempotentWrite',
  },
});

/**
 * Kafka gives an id to whoever may write to any topic, and asks that of one called 'hardcode'. Topics without a permission are
 * open to all here; the cluster is not, as soon as somebody else has a right to it.
 */
export async function startWithoutProducerIds(): Promise<WithoutProducerIds> {
  const properties = { 'allow.everyone.if.no.acl.found': 'true' };
  const cluster = await startKafka({ brokers: 1, secure: true, require: 'real', properties });
  const { security } = cluster;
  if (security === undefined) throw new Error('the cluster is not secure');
  await cluster.grant([
    { username: 'nobody', resource: 'topic', name: 'hardcode', pattern: 'literal', operation: 'write' },
    toTheCluster('nobody'),
  ]);
  const { username } = security.users.limited;
  return { cluster, security, grantId: () => cluster.grant([toTheCluster(username)]) };
}
