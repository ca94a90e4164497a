import type { KafkaError } from '../contract/error.js';

export interface ProtocolError extends KafkaError {
  /** The same request can succeed later. */
  readonly retriable: boolean;
  /** The record may be in the topic despite the error, so the outcome is `unknown`. */
  readonly maybeWritten: boolean;
  /**
   * The broker refuses the whole batch because of one record, or because of the batch's size. In
   * smaller batches it may accept all records but the faulty one.
   */
  readonly splittable: boolean;
}

/**
 * Every error code of the Kafka protocol: number, name, retriable, maybe written.
 * Source: `org.apache.kafka.common.protocol.Errors` of kafka-clients 4.2.0 (`vectors/kafka-errors.json`). `retriable` is
 * Java's except for code 8, and the last column is ours; each line that differs gives the reason.
 */
// prettier-ignore
const table: readonly (readonly [code: number, name: string, retriable: boolean, maybeWritten: boolean])[] = [
  [-1, 'UNKNOWN_SERVER_ERROR', false, true],  // the broker failed unexpectedly, perhaps after the append
  [1, 'OFFSET_OUT_OF_RANGE', false, false],
  [2, 'CORRUPT_MESSAGE', true, false],
  [3, 'UNKNOWN_TOPIC_OR_PARTITION', true, false],
  [4, 'INVALID_FETCH_SIZE', false, false],
  [5, 'LEADER_NOT_AVAILABLE', true, false],
  [6, 'NOT_LEADER_OR_FOLLOWER', true, true],  // a leader that steps down returns it for appends that wait for their replicas; the new leader may have them
  [7, 'REQUEST_TIMED_OUT', true, true],  // appended; the replicas did not confirm in time
  [8, 'BROKER_NOT_AVAILABLE', true, false],  // Java gives up; a broker that is away comes back
  [9, 'REPLICA_NOT_AVAILABLE', true, false],
  [10, 'MESSAGE_TOO_LARGE', false, false],
  [11, 'STALE_CONTROLLER_EPOCH', false, false],
  [12, 'OFFSET_METADATA_TOO_LARGE', false, false],
  [13, 'NETWORK_EXCEPTION', true, true],  // the connection broke, perhaps after the append
  [14, 'COORDINATOR_LOAD_IN_PROGRESS', true, false],
  [15, 'COORDINATOR_NOT_AVAILABLE', true, false],
  [16, 'NOT_COORDINATOR', true, false],
  [17, 'INVALID_TOPIC_EXCEPTION', false, false],
  [18, 'RECORD_LIST_TOO_LARGE', false, false],
  [19, 'NOT_ENOUGH_REPLICAS', true, false],
  [20, 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', true, true],  // appended, with too few replicas
  [21, 'INVALID_REQUIRED_ACKS', false, false],
  [22, 'ILLEGAL_GENERATION', false, false],
  [23, 'INCONSISTENT_GROUP_PROTOCOL', false, false],
  [24, 'INVALID_GROUP_ID', false, false],
  [25, 'UNKNOWN_MEMBER_ID', false, false],
  [26, 'INVALID_SESSION_TIMEOUT', false, false],
  [27, 'REBALANCE_IN_PROGRESS', false, false],
  [28, 'INVALID_COMMIT_OFFSET_SIZE', false, false],
  [29, 'TOPIC_AUTHORIZATION_FAILED', false, false],
  [30, 'GROUP_AUTHORIZATION_FAILED', false, false],
  [31, 'CLUSTER_AUTHORIZATION_FAILED', false, false],
  [32, 'INVALID_TIMESTAMP', false, false],
  [33, 'UNSUPPORTED_SASL_MECHANISM', false, false],
  [34, 'ILLEGAL_SASL_STATE', false, false],
  [35, 'UNSUPPORTED_VERSION', false, false],
  [36, 'TOPIC_ALREADY_EXISTS', false, false],
  [37, 'INVALID_PARTITIONS', false, false],
  [38, 'INVALID_REPLICATION_FACTOR', false, false],
  [39, 'INVALID_REPLICA_ASSIGNMENT', false, false],
  [40, 'INVALID_CONFIG', false, false],
  [41, 'NOT_CONTROLLER', true, false],
  [42, 'INVALID_REQUEST', false, false],
  [43, 'UNSUPPORTED_FOR_MESSAGE_FORMAT', false, false],
  [44, 'POLICY_VIOLATION', false, false],
  [45, 'OUT_OF_ORDER_SEQUENCE_NUMBER', false, false],
  [46, 'DUPLICATE_SEQUENCE_NUMBER', false, true],  // already written: the broker no longer knows the offset
  [47, 'INVALID_PRODUCER_EPOCH', false, false],
  [48, 'INVALID_TXN_STATE', false, false],
  [49, 'INVALID_PRODUCER_ID_MAPPING', false, false],
  [50, 'INVALID_TRANSACTION_TIMEOUT', false, false],
  [51, 'CONCURRENT_TRANSACTIONS', true, false],
  [52, 'TRANSACTION_COORDINATOR_FENCED', false, false],
  [53, 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', false, false],
  [54, 'SECURITY_DISABLED', false, false],
  [55, 'OPERATION_NOT_ATTEMPTED', false, false],
  [56, 'KAFKA_STORAGE_ERROR', true, true],  // the disk failed, perhaps after a part of the append
  [57, 'LOG_DIR_NOT_FOUND', false, false],
  [58, 'SASL_AUTHENTICATION_FAILED', false, false],
  [59, 'UNKNOWN_PRODUCER_ID', false, false],
  [60, 'REASSIGNMENT_IN_PROGRESS', false, false],
  [61, 'DELEGATION_TOKEN_AUTH_DISABLED', false, false],
  [62, 'DELEGATION_TOKEN_NOT_FOUND', false, false],
  [63, 'DELEGATION_TOKEN_OWNER_MISMATCH', false, false],
  [64, 'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED', false, false],
  [65, 'DELEGATION_TOKEN_AUTHORIZATION_FAILED', false, false],
  [66, 'DELEGATION_TOKEN_EXPIRED', false, false],
  [67, 'INVALID_PRINCIPAL_TYPE', false, false],
  [68, 'NON_EMPTY_GROUP', false, false],
  [69, 'GROUP_ID_NOT_FOUND', false, false],
  [70, 'FETCH_SESSION_ID_NOT_FOUND', true, false],
  [71, 'INVALID_FETCH_SESSION_EPOCH', true, false],
  [72, 'LISTENER_NOT_FOUND', true, false],
  [73, 'TOPIC_DELETION_DISABLED', false, false],
  [74, 'FENCED_LEADER_EPOCH', true, false],
  [75, 'UNKNOWN_LEADER_EPOCH', true, false],
  [76, 'UNSUPPORTED_COMPRESSION_TYPE', false, false],
  [77, 'STALE_BROKER_EPOCH', false, false],
  [78, 'OFFSET_NOT_AVAILABLE', true, false],
  [79, 'MEMBER_ID_REQUIRED', false, false],
  [80, 'PREFERRED_LEADER_NOT_AVAILABLE', true, false],
  [81, 'GROUP_MAX_SIZE_REACHED', false, false],
  [82, 'FENCED_INSTANCE_ID', false, false],
  [83, 'ELIGIBLE_LEADERS_NOT_AVAILABLE', true, false],
  [84, 'ELECTION_NOT_NEEDED', true, false],
  [85, 'NO_REASSIGNMENT_IN_PROGRESS', false, false],
  [86, 'GROUP_SUBSCRIBED_TO_TOPIC', false, false],
  [87, 'INVALID_RECORD', false, false],
  [88, 'UNSTABLE_OFFSET_COMMIT', true, false],
  [89, 'THROTTLING_QUOTA_EXCEEDED', true, false],
  [90, 'PRODUCER_FENCED', false, false],
  [91, 'RESOURCE_NOT_FOUND', false, false],
  [92, 'DUPLICATE_RESOURCE', false, false],
  [93, 'UNACCEPTABLE_CREDENTIAL', false, false],
  [94, 'INCONSISTENT_VOTER_SET', false, false],
  [95, 'INVALID_UPDATE_VERSION', false, false],
  [96, 'FEATURE_UPDATE_FAILED', false, false],
  [97, 'PRINCIPAL_DESERIALIZATION_FAILURE', false, false],
  [98, 'SNAPSHOT_NOT_FOUND', false, false],
  [99, 'POSITION_OUT_OF_RANGE', false, false],
  [100, 'UNKNOWN_TOPIC_ID', true, false],
  [101, 'DUPLICATE_BROKER_REGISTRATION', false, false],
  [102, 'BROKER_ID_NOT_REGISTERED', false, false],
  [103, 'INCONSISTENT_TOPIC_ID', true, false],
  [104, 'INCONSISTENT_CLUSTER_ID', false, false],
  [105, 'TRANSACTIONAL_ID_NOT_FOUND', false, false],
  [106, 'FETCH_SESSION_TOPIC_ID_ERROR', true, false],
  [107, 'INELIGIBLE_REPLICA', false, false],
  [108, 'NEW_LEADER_ELECTED', false, false],
  [109, 'OFFSET_MOVED_TO_TIERED_STORAGE', false, false],
  [110, 'FENCED_MEMBER_EPOCH', false, false],
  [111, 'UNRELEASED_INSTANCE_ID', false, false],
  [112, 'UNSUPPORTED_ASSIGNOR', false, false],
  [113, 'STALE_MEMBER_EPOCH', false, false],
  [114, 'MISMATCHED_ENDPOINT_TYPE', false, false],
  [115, 'UNSUPPORTED_ENDPOINT_TYPE', false, false],
  [116, 'UNKNOWN_CONTROLLER_ID', false, false],
  [117, 'UNKNOWN_SUBSCRIPTION_ID', false, false],
  [118, 'TELEMETRY_TOO_LARGE', false, false],
  [119, 'INVALID_REGISTRATION', false, false],
  [120, 'TRANSACTION_ABORTABLE', false, false],
  [121, 'INVALID_RECORD_STATE', false, false],
  [122, 'SHARE_SESSION_NOT_FOUND', true, false],
  [123, 'INVALID_SHARE_SESSION_EPOCH', true, false],
  [124, 'FENCED_STATE_EPOCH', false, false],
  [125, 'INVALID_VOTER_KEY', false, false],
  [126, 'DUPLICATE_VOTER', false, false],
  [127, 'VOTER_NOT_FOUND', false, false],
  [128, 'INVALID_REGULAR_EXPRESSION', false, false],
  [129, 'REBOOTSTRAP_REQUIRED', false, false],
  [130, 'STREAMS_INVALID_TOPOLOGY', false, false],
  [131, 'STREAMS_INVALID_TOPOLOGY_EPOCH', false, false],
  [132, 'STREAMS_TOPOLOGY_FENCED', false, false],
  [133, 'SHARE_SESSION_LIMIT_REACHED', true, false],
];

/** `splittable`. Not in Java's table: its client reads `record_errors`, which librdkafka does not read and old brokers do not send. */
const splittable: ReadonlySet<number> = new Set([
  2, // before Kafka 2.4: a record without a key in a compacted topic
  10, // the batch is larger than `max.message.bytes`
  18, // the batch is larger than a segment
  32, // one timestamp is too far from the broker's clock
  87, // one record has no key in a compacted topic, or a validator refuses it
]);

const byCode = new Map<number, ProtocolError>(
  table.map(([code, name, retriable, maybeWritten]) => [
    code,
    { code, name, retriable, maybeWritten, splittable: splittable.has(code) },
  ]),
);

export const protocolErrors: readonly ProtocolError[] = [...byCode.values()];

/** Returns the entry of a code. A code that is not in the table, of a newer broker, is final and certainly not written. */
export function protocolError(code: number): ProtocolError {
  const unknown = { retriable: false, maybeWritten: false, splittable: false };
  return byCode.get(code) ?? { code, name: `CODE_${code}`, ...unknown };
}
