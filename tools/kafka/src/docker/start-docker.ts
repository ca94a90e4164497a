import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Guard } from '../guard.js';
import { LiveCluster } from '../live-cluster.js';
import type { Settings } from '../options.js';
import { UsageError } from '../usage-error.js';
import { choosePorts } from '../ports.js';
import { ids } from '../wait.js';
import { composeFile, type DockerPlan } from './compose.js';
import { composeDown, composePath, DockerNodes } from './docker-nodes.js';

/**
 * A running cluster in containers, and what it takes to leave it running when this process ends.
 */
export interface DockerLaunch {
  readonly cluster: LiveCluster;
  readonly plan: DockerPlan;
  readonly guard: Guard;
}

/** Starts Kafka's own image, with the same settings as the brokers on Java. */
export async function launchDocker(settings: Settings, reason: string): Promise<DockerLaunch> {
  if (settings.secure) {
    throw new UsageError(
      'secure: only brokers on Java can be secure here: install Java 17, then `npm run setup`',
    );
  }
  const ports = await choosePorts(settings.brokers, settings.portBase);
  const parent = settings.dataDirectory ?? tmpdir();
  await mkdir(parent, { recursive: true });
  const directory = await mkdtemp(join(parent, 'holdfast-kafka-'));
  const plan = { directory, project: basename(directory).toLowerCase(), ports };
  const guard = new Guard(directory, ['docker', ...composeDown(plan)]);
  const nodes = new DockerNodes(plan, guard);
  try {
    const { autoCreateTopics, properties } = settings;
    const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A');
    await writeFile(
      composePath(plan),
      composeFile({ plan, clusterId, autoCreateTopics, overrides: properties }),
    );
    await Promise.all(ids(nodes).map((id) => nodes.spawn(id)));
    const cluster = new LiveCluster(nodes, reason, settings.startTimeoutMs);
    await cluster.ready();
    return { cluster, plan, guard };
  } catch (error) {
    await nodes.remove();
    throw error;
  }
}
