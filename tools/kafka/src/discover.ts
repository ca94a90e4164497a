import { dockerProblem } from './docker/docker-nodes.js';
import { parseBrokers } from './external-nodes.js';
import { findInstall, KAFKA_VERSION, type KafkaInstall } from './java/install.js';
import { findMock } from './mock/mock-nodes.js';
import type { Settings } from './options.js';

/** The cluster to use, and in a sentence why it is this one and nothing better. */
export type Found = { readonly reason: string } & (
  | { readonly kind: 'external'; readonly brokers: readonly string[] }
  | { readonly kind: 'java'; readonly install: KafkaInstall }
  | { readonly kind: 'docker' | 'mock' }
);

/** How to look for each kind; replaced in tests. */
export interface Probes {
  readonly brokers: string | undefined;
  readonly java: () => Promise<KafkaInstall | string>;
  readonly docker: () => Promise<string | undefined>;
  readonly mock: () => true | string;
}

function realProbes(): Probes {
  return { brokers: process.env['KAFKA_BROKERS'], java: findInstall, docker: dockerProblem, mock: findMock };
}

/** Returns the best kind available, or `kind` alone. Rejects with everything that is missing. */
export async function discover(
  { kind, require }: Pick<Settings, 'kind' | 'require'>,
  probes: Probes = realProbes(),
): Promise<Found> {
  const missing: string[] = [];
  const wanted = (one: Found['kind']): boolean => kind === undefined || kind === one;
  const because = (what: string): string => [what, ...missing].join('; ');

  if (wanted('external')) {
    if (probes.brokers !== undefined && probes.brokers !== '') {
      return {
        kind: 'external',
        brokers: parseBrokers(probes.brokers),
        reason: 'KAFKA_BROKERS names a cluster',
      };
    }
    missing.push('KAFKA_BROKERS is not set');
  }
  if (wanted('java')) {
    const install = await probes.java();
    if (typeof install !== 'string') {
      return {
        kind: 'java',
        install,
        reason: because(`Kafka ${KAFKA_VERSION} on Java ${install.javaVersion}`),
      };
    }
    missing.push(install);
  }
  if (wanted('docker')) {
    const problem = await probes.docker();
    if (problem === undefined) return { kind: 'docker', reason: because(`Kafka ${KAFKA_VERSION} in Docker`) };
    missing.push(problem);
  }
  if (wanted('mock')) {
    const mock = require === 'real' ? 'the mock cluster would not do: real Kafka is required' : probes.mock();
    if (mock === true) return { kind: 'mock', reason: because("librdkafka's mock cluster") };
    missing.push(mock);
  }
  throw new Error(`no Kafka to run against: ${missing.join('; ')}`);
}
