import { Writer, type Reader } from './codec.js';
import { call, type Endpoint, type Request } from './connection.js';

/**
 * The numbers of org.apache.kafka.common.acl and org.apache.kafka.common.resource, as they go over
 * the wire.
 */
const RESOURCE = { topic: 2, group: 3, cluster: 4, transactionalId: 5 } as const;
const PATTERN = { literal: 3, prefixed: 4 } as const;
const OPERATION = { all: 2, write: 4, describe: 8, idempotentWrite: 12 } as const;
const ALLOW = 3;
const ANY = 1;
const ANY_HOST = '*';

/**
 * Permission for a user to do something with the resource of this name, or with all whose names
 * have this prefix.
 */
export interface Permission {
  readonly username: string;
  readonly resource: keyof typeof RESOURCE;
  /** The cluster's is `kafka-cluster`. */
  readonly name: string;
  readonly pattern: keyof typeof PATTERN;
  readonly operation: keyof typeof OPERATION;
}

/** A CreateAcls request of version 1, the last one that is not "flexible". */
export function createAclsRequest(permissions: readonly Permission[]): Request {
  const body = new Writer().array(permissions, ({ username, resource, name, pattern, operation }, writer) => {
    writer.int8(RESOURCE[resource]).string(name).int8(PATTERN[pattern]);
    writer.string(`User:${username}`).string(ANY_HOST).int8(OPERATION[operation]).int8(ALLOW);
  });
  return { api: 'CreateAcls', key: 30, version: 1, body: body.bytes() };
}

/** Rejects with Kafka's reason when one of them is refused. */
export async function createAcls(
  endpoint: Endpoint,
  permissions: readonly Permission[],
  timeoutMs: number,
): Promise<void> {
  const reader = await call(endpoint, createAclsRequest(permissions), timeoutMs);
  reader.int32(); // throttle_time_ms
  const results = reader.array((r) => ({ code: r.int16(), message: r.nullableString() }));
  const refused = results.find(({ code }) => code !== 0);
  if (refused !== undefined) {
    throw new Error(`CreateAcls: ${refused.message ?? `Kafka's error code ${refused.code}`}`);
  }
}

/** Returns a DescribeAcls request of version 1 for all ACLs. */
export function describeAclsRequest(): Request {
  const body = new Writer().int8(ANY).string(null).int8(ANY).string(null).string(null).int8(ANY).int8(ANY);
  return { api: 'DescribeAcls', key: 29, version: 1, body: body.bytes() };
}

export function readAclCount(reader: Reader): number {
  reader.int32(); // throttle_time_ms
  reader.int16(); // error_code: none are counted then
  reader.nullableString();
  const counts = reader.array((r) => {
    r.int8(); // resource_type
    r.string();
    r.int8(); // pattern_type
    const acls = r.array((one) => [one.string(), one.string(), one.int8(), one.int8()]);
    return acls.length;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Resolves with the number of permissions that this broker knows. */
export async function countAcls(endpoint: Endpoint, timeoutMs: number): Promise<number> {
  return readAclCount(await call(endpoint, describeAclsRequest(), timeoutMs));
}
