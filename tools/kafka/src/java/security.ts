import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterSecurity, Credentials } from '../cluster.js';
import type { Nodes } from '../nodes.js';
import { countAcls, createAcls, type Permission } from '../protocol/acls.js';
import type { Endpoint } from '../protocol/connection.js';
import { keyAndCertificate, makeAuthority, makeIdentity, privateKeyPem } from '../tls/certificate.js';
import { ids, waitUntil } from '../wait.js';

const BROKER = 'holdfast-broker';
const LAUNCHER = 'holdfast-launcher';
const OPEN_PREFIX = 'open-';
const MECHANISMS = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
const ASK_TIMEOUT_MS = 10_000;
const POLL_MS = 25;

/** What a secure cluster needs in addition. */
export interface SecurityKit {
  /** The part for clients. */
  readonly public: ClusterSecurity;
  /** The launcher's own credentials. */
  readonly launcher: NonNullable<Endpoint['tls']>;
}

/** Creates certificates and passwords for this cluster alone, and writes them to its directory. */
export async function makeSecurity(directory: string): Promise<SecurityKit> {
  const authority = makeAuthority('holdfast-test-ca');
  const other = makeAuthority('holdfast-unrelated-ca');
  const broker = makeIdentity(authority, BROKER);
  const launcher = makeIdentity(authority, LAUNCHER);
  const kit: SecurityKit = {
    public: {
      ca: authority.certificate,
      caFile: join(directory, 'ca.pem'),
      otherCa: other.certificate,
      otherCaFile: join(directory, 'other-ca.pem'),
      mechanism: 'SCRAM-SHA-256',
      mechanisms: MECHANISMS,
      users: { allowed: user('allowed'), limited: user('limited'), admin: user('admin') },
      openPrefix: OPEN_PREFIX,
    },
    launcher: {
      key: privateKeyPem(launcher),
      cert: launcher.certificate,
      ca: authority.certificate,
    },
  };
  await Promise.all([
    writeFile(kit.public.caFile, authority.certificate),
    writeFile(kit.public.otherCaFile, other.certificate),
    writeFile(keystoreFile(directory), keyAndCertificate(broker), { mode: 0o600 }),
    writeFile(kitFile(directory), JSON.stringify(kit), { mode: 0o600 }),
  ]);
  return kit;
}

/** Reads what {@link makeSecurity} wrote, for a process that takes the cluster over. */
export async function readSecurity(directory: string): Promise<SecurityKit> {
  return JSON.parse(await readFile(kitFile(directory), 'utf8')) as SecurityKit;
}

/**
 * SCRAM over TLS where clients connect. Brokers, controllers and the launcher use certificates on
 * both sides, so that there is no way in without one or the other.
 */
export function securityProperties(directory: string, caFile: string): Record<string, string> {
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keystoreFile(directory),
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': caFile,
    'listener.name.internal.ssl.client.auth': 'required',
    'listener.name.controller.ssl.client.auth': 'required',
    'sasl.enabled.mechanisms': MECHANISMS.join(','),
    ...Object.fromEntries(
      MECHANISMS.map((name) => [`listener.name.client.${name.toLowerCase()}.sasl.jaas.config`, scram]),
    ),
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:admin;User:CN=${BROKER};User:CN=${LAUNCHER}`,
    'allow.everyone.if.no.acl.found': 'false',
  };
}

/** Returns the users in the syntax of `kafka-storage format --add-scram`. */
export function scramUsers({ users, mechanisms }: ClusterSecurity): string[] {
  return Object.values(users).flatMap(({ username, password }) =>
    mechanisms.map((mechanism) => `${mechanism}=[name=${username},password=${password}]`),
  );
}

/** Grants the users their permissions, and waits until every broker knows them. */
export async function grantPermissions(nodes: Nodes, { users, openPrefix }: ClusterSecurity): Promise<void> {
  const may = (
    { username }: Credentials,
    resource: Permission['resource'],
    operation: Permission['operation'],
  ): Permission => ({ username, resource, name: openPrefix, pattern: 'prefixed', operation });
  await grant(nodes, [
    may(users.allowed, 'topic', 'all'),
    may(users.allowed, 'group', 'all'),
    may(users.allowed, 'transactionalId', 'all'),
    may(users.limited, 'topic', 'describe'),
  ]);
}

/** Grants permissions that no user has yet, and waits until every broker knows them. */
export async function grant(nodes: Nodes, permissions: readonly Permission[]): Promise<void> {
  const before = await countAcls(nodes.endpoint(1), ASK_TIMEOUT_MS);
  await createAcls(nodes.endpoint(1), permissions, ASK_TIMEOUT_MS);
  const deadline = performance.now() + ASK_TIMEOUT_MS;
  await Promise.all(
    ids(nodes).map((id) =>
      waitUntil(
        async () => (await countAcls(nodes.endpoint(id), ASK_TIMEOUT_MS)) === before + permissions.length,
        deadline,
        POLL_MS,
        () => new Error(`broker ${id} has not heard of the users' permissions after ${ASK_TIMEOUT_MS} ms`),
      ),
    ),
  );
}

/** Letters and digits only: the password has to pass through the syntax of `--add-scram`. */
function user(username: string): Credentials {
  return { username, password: randomBytes(18).toString('hex') };
}

function keystoreFile(directory: string): string {
  return join(directory, 'broker.pem');
}

function kitFile(directory: string): string {
  return join(directory, 'security.json');
}
