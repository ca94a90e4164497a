import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Guard } from '../guard.js';
import { LiveCluster } from '../live-cluster.js';
import type { Settings } from '../options.js';
import { choosePorts } from '../ports.js';
import { ids } from '../wait.js';
import { formatNodes } from './format.js';
import type { KafkaInstall } from './install.js';
import { JavaNodes } from './java-nodes.js';
import { LOG4J, log4jFile } from './jvm.js';
import { planNodes, portsPerNode, propertiesFile, type ClusterPlan } from './layout.js';
import { brokerProperties, renderProperties } from './properties.js';
import { grantPermissions, makeSecurity, readSecurity, scramUsers, securityProperties } from './security.js';

const ATTEMPTS = 3;

/** A running cluster, and what it takes to leave it running when this process ends. */
export interface Launched {
  readonly cluster: LiveCluster;
  readonly plan: ClusterPlan;
  readonly guard: Guard;
}

/** Starts real Kafka. Retries on other ports when another program takes one of them first. */
export async function launchJava(
  install: KafkaInstall,
  settings: Settings,
  reason: string,
): Promise<Launched> {
  for (let attempt = 1; ; attempt++) {
    const plan = await makePlan(settings);
    const guard = new Guard(plan.directory);
    let nodes = new JavaNodes(install, plan, guard);
    try {
      const security = plan.secure ? await makeSecurity(plan.directory) : undefined;
      nodes = new JavaNodes(install, plan, guard, security?.launcher);
      const extra = security === undefined ? {} : securityProperties(plan.directory, security.public.caFile);
      await writeFiles(plan, settings, extra);
      await formatNodes(install, plan, security === undefined ? [] : scramUsers(security.public));
      await Promise.all(ids(nodes).map((id) => nodes.spawn(id)));
      const cluster = new LiveCluster(nodes, reason, settings.startTimeoutMs, security?.public);
      await cluster.ready();
      if (security !== undefined) await grantPermissions(nodes, security.public);
      return { cluster, plan, guard };
    } catch (error) {
      const lost = ids(nodes).some((id) => /BindException|Address already in use/.test(nodes.lastWords(id)));
      await nodes.remove();
      if (!lost || settings.portBase !== undefined || attempt === ATTEMPTS) throw error;
      settings.log('another program took one of the ports; trying others');
    }
  }
}

/** Takes over a cluster that another process launched and left running. */
export async function attachJava(
  install: KafkaInstall,
  plan: ClusterPlan,
  timeoutMs: number,
): Promise<LiveCluster> {
  const security = plan.secure ? await readSecurity(plan.directory) : undefined;
  const nodes = new JavaNodes(install, plan, undefined, security?.launcher);
  return new LiveCluster(nodes, 'it was started before', timeoutMs, security?.public);
}

async function makePlan({ brokers, secure, dataDirectory, portBase }: Settings): Promise<ClusterPlan> {
  const ports = await choosePorts(brokers * portsPerNode(secure), portBase);
  const parent = dataDirectory ?? tmpdir();
  await mkdir(parent, { recursive: true });
  const directory = await mkdtemp(join(parent, 'holdfast-kafka-'));
  return { directory, secure, nodes: planNodes(ports, secure) };
}

async function writeFiles(
  plan: ClusterPlan,
  { autoCreateTopics, properties }: Settings,
  security: Readonly<Record<string, string>>,
): Promise<void> {
  await writeFile(log4jFile(plan.directory), LOG4J);
  await Promise.all(
    plan.nodes.map((node) => {
      const input = { plan, node, autoCreateTopics, security, overrides: properties };
      return writeFile(propertiesFile(plan.directory, node.id), renderProperties(brokerProperties(input)));
    }),
  );
}
