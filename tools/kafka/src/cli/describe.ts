import type { KafkaCluster } from '../cluster.js';

/**
 * Returns the output of `up`: the addresses, how to connect, and what to do next. `users` is the
 * file with the passwords.
 */
export function describeCluster(cluster: KafkaCluster, users: string | undefined): string {
  const list = cluster.brokers.join(',');
  const security = cluster.security;
  const access =
    security === undefined || users === undefined
      ? [`With kafkajs: new Kafka({ brokers: ['${cluster.brokers.join("', '")}'] })`]
      : [
          'Clients connect over TLS with SASL/SCRAM. With kafkajs:',
          `  new Kafka({ brokers: ['${cluster.brokers.join("', '")}'],`,
          '    ssl: { ca: [readFileSync(caFile)] }, sasl: { mechanism: "scram-sha-256", ...users.allowed } })',
          `  certificate authority  ${security.caFile}`,
          `  unrelated authority    ${security.otherCaFile}  (a client that trusts it alone is refused)`,
          `  users and passwords    ${users}  ({ users: { allowed: { username, password }, … } })`,
          `  ${security.mechanisms.join(', ')}; \`allowed\` may use topics ${security.openPrefix}*, \`limited\` may ` +
            'only describe these, `admin` may do everything',
        ];
  return [
    `Brokers: ${list}`,
    describeStatus(cluster),
    `Data and logs: ${cluster.dataDirectory}`,
    ...access,
    'Kill one, and bring it back: npm run kafka -- kill 1 && npm run kafka -- start 1',
    'End it: npm run kafka -- down',
  ].join('\n');
}

/** Returns one line per broker: id, address, state, process id. */
export function describeStatus(cluster: KafkaCluster): string {
  const rows = cluster.status().map(({ id, pid, state }) => {
    const address = cluster.brokers[id - 1] ?? '';
    return `  ${id}  ${address.padEnd(16)}  ${state.padEnd(8)}${pid === undefined ? '' : `  pid ${pid}`}`;
  });
  return rows.map((row) => row.trimEnd()).join('\n');
}
