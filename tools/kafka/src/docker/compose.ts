import { KAFKA_VERSION } from '../java/install.js';
import { tunedProperties } from '../java/properties.js';

/** Everything that another process needs to control the cluster; plain data. */
export interface DockerPlan {
  readonly directory: string;
  /** The project's name, which is the prefix of its containers' names. */
  readonly project: string;
  readonly ports: readonly number[];
}

export interface ComposeInput {
  readonly plan: DockerPlan;
  readonly clusterId: string;
  readonly autoCreateTopics: boolean;
  readonly overrides: Readonly<Record<string, string>>;
}

const CONTROLLER_PORT = 9093;
const INTERNAL_PORT = 9094;

export function containerName({ project }: DockerPlan, id: number): string {
  return `${project}-broker-${id}`;
}

/**
 * Returns a compose file, as JSON, which is YAML: https://docs.docker.com/reference/compose-file/
 */
export function composeFile(input: ComposeInput): string {
  const services: Record<string, object> = {};
  input.plan.ports.forEach((port, index) => {
    services[`broker-${index + 1}`] = service(input, index + 1, port);
  });
  return `${JSON.stringify({ name: input.plan.project, services }, undefined, 2)}\n`;
}

/**
 * The image turns each variable into a setting: KAFKA_NODE_ID is node.id, and two underscores are a
 * dash.
 */
export function environmentName(property: string): string {
  return `KAFKA_${property.replaceAll('_', '___').replaceAll('-', '__').replaceAll('.', '_').toUpperCase()}`;
}

function service(input: ComposeInput, id: number, port: number): object {
  const { plan, clusterId, autoCreateTopics, overrides } = input;
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': String(id),
    'controller.quorum.voters': plan.ports
      .map((_, i) => `${i + 1}@broker-${i + 1}:${CONTROLLER_PORT}`)
      .join(','),
    listeners: `CLIENT://:${port},INTERNAL://:${INTERNAL_PORT},CONTROLLER://:${CONTROLLER_PORT}`,
    'advertised.listeners': `CLIENT://127.0.0.1:${port},INTERNAL://broker-${id}:${INTERNAL_PORT}`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    ...tunedProperties(plan.ports.length, autoCreateTopics),
    ...overrides,
  };
  const environment = Object.entries(properties).map(([name, value]): [string, string] => {
    return [environmentName(name), value];
  });
  return {
    image: `apache/kafka:${KAFKA_VERSION}`,
    container_name: containerName(plan, id),
    hostname: `broker-${id}`,
    ports: [`127.0.0.1:${port}:${port}`],
    environment: { ...Object.fromEntries(environment), CLUSTER_ID: clusterId, KAFKA_HEAP_OPTS: '-Xmx384m' },
  };
}
