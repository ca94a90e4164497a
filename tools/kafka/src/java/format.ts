import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KafkaInstall } from './install.js';
import { javaArguments } from './jvm.js';
import { dataFolder, propertiesFile, type ClusterPlan } from './layout.js';

const run = promisify(execFile);
const FORMAT_TIMEOUT_MS = 60_000;
const CHECKPOINT = 'bootstrap.checkpoint';

/**
 * Formats the data folder of each node. Kafka's tool runs once, for the first; the others differ
 * from it in two fields of a text file, and a JVM each would cost a second each.
 */
export async function formatNodes(
  install: KafkaInstall,
  plan: ClusterPlan,
  scram: readonly string[],
): Promise<void> {
  const [first, ...others] = plan.nodes;
  if (first === undefined) return;
  const clusterId = kafkaUuid();
  const users = scram.flatMap((user) => ['--add-scram', user]);
  const tool = javaArguments(
    install,
    plan.directory,
    join(plan.directory, 'format.log'),
    'kafka.tools.StorageTool',
  );
  const config = ['--cluster-id', clusterId, '--config', propertiesFile(plan.directory, first.id)];
  try {
    await run(install.java, [...tool, 'format', ...config, ...users], { timeout: FORMAT_TIMEOUT_MS });
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Error(`could not format Kafka's data folder in ${plan.directory}: ${output}`);
  }
  const source = join(dataFolder(plan.directory, first.id), CHECKPOINT);
  await Promise.all(
    others.map(async ({ id }) => {
      const folder = dataFolder(plan.directory, id);
      await mkdir(folder, { recursive: true });
      await copyFile(source, join(folder, CHECKPOINT));
      await writeFile(join(folder, 'meta.properties'), metaProperties(clusterId, id, kafkaUuid()));
    }),
  );
}

/** The file that identifies the owner of a data folder. */
function metaProperties(clusterId: string, nodeId: number, directoryId: string): string {
  return `version=1\ncluster.id=${clusterId}\nnode.id=${nodeId}\ndirectory.id=${directoryId}\n`;
}

/**
 * Returns 16 random bytes as Kafka writes them: base64url, never with a leading dash, which would
 * be an option.
 */
function kafkaUuid(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? kafkaUuid() : id;
}
