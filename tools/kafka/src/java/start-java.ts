import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KafkaCluster } from '../cluster.js';
import { LiveCluster } from '../live-cluster.js';
import { UsageError, type Settings } from '../options.js';
import { freePorts, takenPorts } from '../ports.js';
import { ids } from '../wait.js';
import { formatNodes } from './format.js';
import type { KafkaInstall } from './install.js';
import { JavaNodes } from './java-nodes.js';
import { LOG4J, log4jFile } from './jvm.js';
import { planNodes, portsPerNode, propertiesFile, type ClusterPlan } from './layout.js';
import { brokerProperties, renderProperties } from './properties.js';

const ATTEMPTS = 3;

/** Starts real Kafka; tries again on other ports when another program was quicker to one of them. */
export async function startJava(
  install: KafkaInstall,
  settings: Settings,
  reason: string,
): Promise<KafkaCluster> {
  for (let attempt = 1; ; attempt++) {
    const plan = await makePlan(settings);
    const nodes = new JavaNodes(install, plan);
    try {
      await writeFiles(plan, settings);
      await formatNodes(install, plan, []);
      await Promise.all(ids(nodes).map((id) => nodes.spawn(id)));
      const cluster = new LiveCluster(nodes, reason, settings.startTimeoutMs);
      await cluster.ready();
      return cluster;
    } catch (error) {
      const lost = ids(nodes).some((id) => /BindException|Address already in use/.test(nodes.lastWords(id)));
      await nodes.remove();
      if (!lost || settings.portBase !== undefined || attempt === ATTEMPTS) throw error;
      settings.log(`another program took one of the ports; trying others`);
    }
  }
}

async function makePlan({ brokers, secure, dataDirectory, portBase }: Settings): Promise<ClusterPlan> {
  const count = brokers * portsPerNode(secure);
  const ports = portBase === undefined ? await freePorts(count) : await portsFrom(portBase, count);
  const parent = dataDirectory ?? tmpdir();
  await mkdir(parent, { recursive: true });
  const directory = await mkdtemp(join(parent, 'holdfast-kafka-'));
  return { directory, secure, nodes: planNodes(ports, secure) };
}

async function portsFrom(base: number, count: number): Promise<number[]> {
  const ports = Array.from({ length: count }, (_, index) => base + index);
  const taken = await takenPorts(ports);
  if (taken.length === 0) return ports;
  throw new UsageError(`portBase ${base}: something listens on ${taken.join(', ')} already; choose another`);
}

async function writeFiles(plan: ClusterPlan, { autoCreateTopics, properties }: Settings): Promise<void> {
  await writeFile(log4jFile(plan.directory), LOG4J);
  await Promise.all(
    plan.nodes.map((node) => {
      const input = { plan, node, autoCreateTopics, security: {}, overrides: properties };
      return writeFile(propertiesFile(plan.directory, node.id), renderProperties(brokerProperties(input)));
    }),
  );
}
