import { join } from 'node:path';
import type { KafkaCluster } from '@holdfast/kafka';
import type { Access } from './access.js';
import type { Mix } from './mixed-records.js';
import { chains, sceneName, ways, type Act, type Chain, type Client, type Way } from './names.js';
import type { ServiceSettings } from './service/messages.js';
import type { Timing } from './timing.js';

/** One sending process of a scene. */
export interface Role {
  readonly chain: Chain;
  readonly way: Way | undefined;
  /** Every topic that its own records go to. */
  readonly topics: readonly string[];
  readonly settings: ServiceSettings;
}

export interface Casting {
  readonly client: Client;
  readonly act: Act;
  /** Records per second, for each chain. */
  readonly rate: number;
  readonly records: number | undefined;
  readonly timing: Timing;
  /** The first of the ports for Holdfast's `/metrics`; undefined for none. */
  readonly metricsPort: number | undefined;
  readonly cluster: KafkaCluster;
  /** A directory for this scene alone. */
  readonly disks: string;
}

/** Creates the topics of each role. Returns the roles, the plain client before Holdfast. */
export async function castRoles(casting: Casting): Promise<Role[]> {
  const several: readonly (Way | undefined)[] = casting.act === 'ways' ? ways : [undefined];
  const roles = several.flatMap((way, at) =>
    chains.map((chain) => roleOf(casting, chain, { way, at, of: several.length })),
  );
  const { cluster } = casting;
  const partitions = partitionsOf(cluster);
  for (const { topics, settings } of roles) {
    const letters = settings.deadLetters === undefined ? [] : [settings.deadLetters.topic];
    for (const topic of [...topics, ...letters]) await cluster.createTopic(topic, { partitions });
  }
  return roles;
}

interface StreamOf {
  readonly way: Way | undefined;
  /** Its index among the streams of its chain, and their number. */
  readonly at: number;
  readonly of: number;
}

/** The streams of one chain share its rate. */
function roleOf(casting: Casting, chain: Chain, { way, at, of: streams }: StreamOf): Role {
  const { client, act, cluster, rate, records, timing, metricsPort } = casting;
  const topic = `${prefixOf(cluster)}demo-${client}-${sceneName({ act, way }).replace('/', '-')}-${chain}`;
  const mix = act === 'dead-letters' ? mixOf(topic, partitionsOf(cluster)) : undefined;
  const settings: ServiceSettings = {
    ...{ client, chain, way, topic, mix },
    ...storesOf(casting, chain, topic),
    access: accessOf(cluster, 'allowed'),
    rate: Math.ceil(rate / streams),
    records: records === undefined ? undefined : Math.ceil(records / streams),
    requestTimeoutMs: act === 'pause' ? timing.requestTimeoutMs : undefined,
    metricsPort: metricsPort === undefined || chain === 'plain' ? undefined : metricsPort + at,
  };
  return { chain, way, topics: mix === undefined ? [topic] : [topic, mix.forbiddenTopic], settings };
}

/** Where records and notes go besides the topics, in the acts that need it. */
function storesOf(
  { act, disks }: Casting,
  chain: Chain,
  topic: string,
): Pick<ServiceSettings, 'disk' | 'deadLetters'> {
  const diverts = act === 'dead-letters' && chain === 'holdfast';
  return {
    disk:
      act === 'kill'
        ? { notes: join(disks, `${chain}.notes`), outbox: join(disks, `${chain}.outbox`) }
        : undefined,
    deadLetters: diverts ? { topic: `${topic}.dlq`, directory: join(disks, 'dead-letters') } : undefined,
  };
}

/** Two for each broker to lead; the mock cluster always creates topics with four. */
const partitionsOf = ({ kind }: KafkaCluster): number => (kind === 'mock' ? 4 : 6);

/** On a secure cluster the services may write to topics with this prefix only. */
const prefixOf = ({ security }: KafkaCluster): string => security?.openPrefix ?? '';

const mixOf = (topic: string, partitions: number): Mix => ({
  ...{ topic, partitions, epochMs: Date.now() },
  forbiddenTopic: `forbidden-${topic}`,
});

/**
 * A service is the user `allowed`, with the permissions that its topics need; `admin` reads and
 * repairs.
 */
export function accessOf({ brokers, security }: KafkaCluster, who: 'allowed' | 'admin'): Access {
  const login = security && { ca: security.ca, ...security.users[who] };
  return { brokers, login };
}
