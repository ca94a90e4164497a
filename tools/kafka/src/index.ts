export type {
  BrokerState,
  BrokerStatus,
  ClusterKind,
  ClusterSecurity,
  Credentials,
  KafkaCluster,
  TopicOptions,
} from './cluster.js';
export { startKafkaTool, type KafkaTool } from './java/tool.js';
export type { StartOptions } from './options.js';
export type { Permission } from './protocol/acls.js';
export type { PartitionMetadata } from './protocol/metadata.js';
export { startKafka } from './start.js';
export { startWithoutProducerIds, type WithoutProducerIds } from './without-producer-ids.js';
export { UsageError } from './usage-error.js';
