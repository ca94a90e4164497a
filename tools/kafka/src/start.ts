import type { KafkaCluster } from './cluster.js';
import { discover, type Found } from './discover.js';
import { launchDocker } from './docker/start-docker.js';
import { ExternalNodes } from './external-nodes.js';
import { prepareClasses } from './java/class-archive.js';
import { launchJava } from './java/start-java.js';
import { LiveCluster } from './live-cluster.js';
import { startMock } from './mock/mock-nodes.js';
import { resolveOptions, type Settings, type StartOptions } from './options.js';
import { UsageError } from './usage-error.js';

/**
 * Starts a Kafka cluster with what this machine has: the user's own (KAFKA_BROKERS), Kafka on Java,
 * Kafka in Docker, or librdkafka's mock cluster, in this order. `options.log` gets the choice and
 * the reason. Resolves when all brokers answer and know each other. The cluster ends with `down`,
 * and also when this process ends without that, in whatever way. Rejects with a {@link UsageError}
 * for impossible options, and with an `Error` that contains the brokers' last log lines when they
 * are not up within `startTimeoutMs`.
 */
export async function startKafka(options: StartOptions): Promise<KafkaCluster> {
  const settings = resolveOptions(options);
  const found = await discover(settings);
  settings.log(`Kafka: ${found.reason}`);
  const cluster = await start(found, settings);
  settings.log(`Kafka: ${cluster.brokers.join(', ')}`);
  return cluster;
}

async function start(found: Found, settings: Settings): Promise<KafkaCluster> {
  switch (found.kind) {
    case 'java':
      await prepareClasses(found.install, settings.log);
      return (await launchJava(found.install, settings, found.reason)).cluster;
    case 'docker':
      return (await launchDocker(settings, found.reason)).cluster;
    case 'external': {
      refuseSecure(
        settings,
        'KAFKA_BROKERS names a cluster of your own, and the launcher does not know its users',
      );
      const cluster = new LiveCluster(
        new ExternalNodes(found.brokers),
        found.reason,
        settings.startTimeoutMs,
      );
      await cluster.ready();
      return cluster;
    }
    case 'mock':
      refuseSecure(settings, 'the mock cluster has neither TLS nor users');
      return new LiveCluster(await startMock(settings.brokers), found.reason, settings.startTimeoutMs);
  }
}

function refuseSecure({ secure }: Settings, why: string): void {
  if (secure) throw new UsageError(`secure: ${why}; only brokers on Java can be secure here`);
}
