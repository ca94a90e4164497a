import type { KafkaCluster } from './cluster.js';
import { findInstall } from './java/install.js';
import { launchJava } from './java/start-java.js';
import { resolveOptions, type StartOptions } from './options.js';

/** Starts a Kafka cluster with what this machine has. */
export async function startKafka(options: StartOptions): Promise<KafkaCluster> {
  const settings = resolveOptions(options);
  const install = await findInstall();
  if (typeof install === 'string') throw new Error(install);
  return (await launchJava(install, settings, `Java ${install.javaVersion}`)).cluster;
}
