import type { ClusterSecurity, KafkaCluster } from './cluster.js';
import { startKafka } from './start.js';
import type { Permission } from './protocol/acls.js';

/** A broker that gives no producer id to the user `limited`, who may write to every topic. */
export interface WithoutProducerIds {
  readonly cluster: KafkaCluster;
  readonly security: ClusterSecurity;
  /** Makes the broker give one from now on. */
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
 * Kafka gives an id to every user that may write to any topic, and checks that with a topic called
 * 'hardcode'. Here, topics without a permission are open to all users; the cluster is not, as soon
 * as another user has a permission for it.
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
