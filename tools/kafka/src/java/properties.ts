import { dataFolder, type ClusterPlan, type NodePlan } from './layout.js';

const HOST = '127.0.0.1';

/** The inputs of a broker's settings. */
export interface PropertiesInput {
  readonly plan: ClusterPlan;
  readonly node: NodePlan;
  readonly autoCreateTopics: boolean;
  /** Settings for TLS, SASL and ACLs. */
  readonly security: Readonly<Record<string, string>>;
  /** The user's own, over all others. */
  readonly overrides: Readonly<Record<string, string>>;
}

/**
 * Returns the settings of one node: https://kafka.apache.org/42/documentation.html#brokerconfigs
 */
export function brokerProperties(input: PropertiesInput): Record<string, string> {
  const { plan, node, autoCreateTopics, security, overrides } = input;
  return {
    ...identity(plan, node),
    ...tunedProperties(plan.nodes.length, autoCreateTopics),
    ...security,
    ...overrides,
  };
}

/** Settings that make a broker suitable for tests, wherever it runs. */
export function tunedProperties(brokers: number, autoCreateTopics: boolean): Record<string, string> {
  return {
    ...FAST_FAILOVER,
    ...SMALL,
    ...replication(brokers),
    'auto.create.topics.enable': String(autoCreateTopics),
  };
}

/** Returns a .properties file, where a backslash begins an escape. */
export function renderProperties(properties: Readonly<Record<string, string>>): string {
  const lines = Object.entries(properties).map(
    ([name, value]) => `${name}=${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
  );
  return `${lines.join('\n')}\n`;
}

function identity(plan: ClusterPlan, node: NodePlan): Record<string, string> {
  const clients = [`CLIENT://${HOST}:${node.port}`];
  if (plan.secure) clients.push(`INTERNAL://${HOST}:${node.internalPort}`);
  return {
    'process.roles': 'broker,controller',
    'node.id': String(node.id),
    'controller.quorum.voters': plan.nodes.map((one) => `${one.id}@${HOST}:${one.controllerPort}`).join(','),
    listeners: [...clients, `CONTROLLER://${HOST}:${node.controllerPort}`].join(','),
    'advertised.listeners': clients.join(','),
    'listener.security.protocol.map': plan.secure
      ? 'CLIENT:SASL_SSL,INTERNAL:SSL,CONTROLLER:SSL'
      : 'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': plan.secure ? 'INTERNAL' : 'CLIENT',
    'log.dirs': dataFolder(plan.directory, node.id),
  };
}

/**
 * A dead broker is detected after 3 s instead of 9. A dead controller is not detected earlier than
 * Kafka's default of 2 s: on a busy machine three brokers would elect one after the other and never
 * start.
 */
const FAST_FAILOVER = {
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
  'replica.lag.time.max.ms': '3000',
  'replica.fetch.backoff.ms': '200',
  'group.initial.rebalance.delay.ms': '0',
};

/**
 * Several clusters have to fit on a laptop: few threads, few internal partitions, small buffers.
 */
const SMALL = {
  'num.network.threads': '2',
  'num.io.threads': '4',
  'background.threads': '2',
  'num.recovery.threads.per.data.dir': '1',
  'log.cleaner.dedupe.buffer.size': '4194304',
  'offsets.topic.num.partitions': '3',
  'transaction.state.log.num.partitions': '3',
  'share.coordinator.state.topic.num.partitions': '1',
};

/** With three replicas, `acks=all` means at least two of them, so that one broker may die. */
function replication(brokers: number): Record<string, string> {
  const replicas = String(Math.min(3, brokers));
  const minimum = String(Math.min(2, brokers));
  return {
    'default.replication.factor': replicas,
    'min.insync.replicas': minimum,
    'unclean.leader.election.enable': 'false',
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': minimum,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': minimum,
  };
}
