import { setTimeout as sleep } from 'node:timers/promises';
import { isError } from '@holdfast/core/stage';
import { ask } from './ask.js';
import { metadataOf, metadataOfAny } from './cluster-metadata.js';
import type { Ability, KafkaControl, SecurityControl, TopicSettings } from './kafka-control.js';

/** A broker of the cluster, as passed to callbacks. */
export interface BrokerRef {
  /** 1 to the number of brokers, in order of node ids. */
  readonly id: number;
  /** Kafka's node id. */
  readonly nodeId: number;
  /** `host:port`. */
  readonly address: string;
}

type Act = (broker: BrokerRef) => Promise<void> | void;

export interface KafkaControlOptions {
  /**
   * `host:port` of some or all brokers. Requests are sent without TLS, unless `security` is given.
   */
  readonly brokers: readonly string[];
  /**
   * Ends the broker at once, like `docker kill`. Without `kill` and `start`, cases that need dead
   * brokers are left out.
   */
  readonly kill?: Act;
  /** Restarts it with its address and data. Need not wait until it responds. */
  readonly start?: Act;
  /**
   * Pauses it, like `docker pause`: connections stay open. Without `pause` and `resume`, cases that
   * need it are left out.
   */
  readonly pause?: Act;
  readonly resume?: Act;
  /** Creates a topic, with an admin client for example. Default: over Kafka's protocol. */
  readonly createTopic?: (name: string, settings: TopicSettings) => Promise<void>;
  /**
   * For a cluster with TLS, SASL/SCRAM and ACLs; also requires `createTopic`. Without it, the
   * security cases are left out.
   */
  readonly security?: SecurityControl;
  /** The longest time for brokers to respond and topics to have leaders, ms. Default 60,000. */
  readonly timeoutMs?: number;
}

const pollMs = 100;
const createTopicsKey = 19;
// The last version that is not "flexible":
// https://kafka.apache.org/protocol#The_Messages_CreateTopics
const createTopicsVersion = 4;
/** Timed out, too few brokers, not the controller: a later try may succeed. */
const transient = [7, 38, 41];
const alreadyThere = 36;

/**
 * Creates the control of your own cluster, for `adapterCases`. The brokers' addresses are enough
 * for cases that break nothing, as it uses Kafka's protocol; the others need functions that kill,
 * start, pause and resume a broker. Rejects if no broker responds.
 */
export async function kafkaControl(options: KafkaControlOptions): Promise<KafkaControl> {
  if (options.security !== undefined) {
    if (options.createTopic === undefined)
      throw new Error(
        'kafkaControl: brokers with TLS are not asked from here; give createTopic as well as security',
      );
    return new OwnCluster(
      options,
      options.brokers.map((address, index) => ({ id: index + 1, nodeId: index + 1, address })),
    );
  }
  const { nodes } = await metadataOfAny(options.brokers);
  const brokers = [...nodes]
    .sort(([one], [other]) => one - other)
    .map(([nodeId, address], index) => ({ id: index + 1, nodeId, address }));
  return new OwnCluster(options, brokers);
}

class OwnCluster implements KafkaControl {
  readonly brokers: readonly string[];
  readonly security: SecurityControl | undefined;
  readonly cannot: readonly Ability[];
  private readonly stopped = new Set<number>();

  constructor(
    private readonly options: KafkaControlOptions,
    private readonly nodes: readonly BrokerRef[],
  ) {
    const { kill, start, pause, resume } = options;
    this.security = options.security;
    this.brokers = nodes.map(({ address }) => address);
    this.cannot = [
      ...(kill === undefined || start === undefined ? (['kill'] as const) : []),
      ...(pause === undefined || resume === undefined ? (['pause'] as const) : []),
    ];
  }

  get size(): number {
    return this.nodes.length;
  }

  async createTopic(name: string, settings: TopicSettings = {}): Promise<void> {
    const { createTopic } = this.options;
    if (createTopic !== undefined) await createTopic(name, settings);
    else await this.askToCreate(name, settings);
    if (this.security !== undefined) return;
    await this.until(`topic ${name} has no leader for each of its partitions`, async () => {
      for (const { address } of this.running()) {
        const { partitions } = await metadataOf(address, name);
        if (partitions.length < (settings.partitions ?? 1) || partitions.some(({ leader }) => leader < 0))
          return false;
      }
      return true;
    });
  }

  async leader(topic: string, partition: number): Promise<number> {
    const { partitions } = await metadataOfAny(this.addresses(), topic);
    const leader = partitions.find((one) => one.partition === partition)?.leader ?? -1;
    return this.nodes.find(({ nodeId }) => nodeId === leader)?.id ?? -1;
  }

  async describeTopic(topic: string): Promise<readonly { readonly isr: readonly number[] }[]> {
    return (await metadataOfAny(this.addresses(), topic)).partitions;
  }

  async kill(id: number): Promise<void> {
    const broker = this.broker(id);
    await this.must('kill')(broker);
    this.stopped.add(id);
  }

  async start(id: number): Promise<void> {
    await this.restart([this.broker(id)]);
  }

  async killAll(): Promise<void> {
    await Promise.all(this.nodes.map(({ id }) => this.kill(id)));
  }

  async startAll(): Promise<void> {
    await this.restart(this.nodes.filter(({ id }) => this.stopped.has(id)));
  }

  async pause(id: number): Promise<void> {
    await this.must('pause')(this.broker(id));
  }

  async resume(id: number): Promise<void> {
    await this.must('resume')(this.broker(id));
  }

  async ready(): Promise<void> {
    await this.until(`not all of ${this.brokers.join(', ')} know each other`, async () => {
      for (const { address } of this.nodes) {
        const { nodes } = await metadataOf(address);
        if (this.nodes.some(({ nodeId }) => !nodes.has(nodeId))) return false;
      }
      return true;
    });
  }

  private async restart(brokers: readonly BrokerRef[]): Promise<void> {
    const start = this.must('start');
    await Promise.all(brokers.map(async (broker) => start(broker)));
    for (const { id } of brokers) this.stopped.delete(id);
    // A single broker may be no quorum: it responds when enough others run.
    if (this.stopped.size === 0) await this.ready();
  }

  private running(): BrokerRef[] {
    return this.nodes.filter(({ id }) => !this.stopped.has(id));
  }

  private addresses(): string[] {
    return this.running().map(({ address }) => address);
  }

  private broker(id: number): BrokerRef {
    const broker = this.nodes[id - 1];
    if (broker === undefined) throw new RangeError(`no broker ${id}: the ids are 1 to ${this.size}`);
    return broker;
  }

  private must(name: 'kill' | 'start' | 'pause' | 'resume'): Act {
    const act = this.options[name];
    if (act === undefined) throw new Error(`kafkaControl was given no '${name}', which this case needs`);
    return act;
  }

  private async askToCreate(name: string, settings: TopicSettings): Promise<void> {
    let asked = false;
    await this.until(`topic ${name} was not made`, async () => {
      const { nodes, controller } = await metadataOfAny(this.addresses());
      const code = await sendCreateTopic(nodes.get(controller) ?? this.brokers[0] ?? '', name, {
        partitions: 1,
        replicationFactor: this.size,
        ...settings,
      });
      const isMade = code === 0 || (asked && code === alreadyThere);
      asked = true;
      if (!isMade && !transient.includes(code))
        throw new Refused(`the broker refuses to make topic ${name}: error ${code}`);
      return isMade;
    });
  }

  private async until(problem: string, condition: () => Promise<boolean>): Promise<void> {
    const { timeoutMs = 60_000 } = this.options;
    const deadline = performance.now() + timeoutMs;
    let last = '';
    for (;;) {
      try {
        if (await condition()) return;
      } catch (error) {
        if (error instanceof Refused) throw error;
        last = `: ${isError(error) ? error.message : String(error)}`;
      }
      if (performance.now() > deadline) throw new Error(`${problem} after ${timeoutMs} ms${last}`);
      await sleep(pollMs);
    }
  }
}

class Refused extends Error {}

async function sendCreateTopic(
  address: string,
  name: string,
  {
    partitions,
    replicationFactor,
    config = {},
  }: Required<Pick<TopicSettings, 'partitions' | 'replicationFactor'>> & TopicSettings,
): Promise<number> {
  const minimum = String(Math.min(2, replicationFactor));
  const answer = await ask(address, createTopicsKey, createTopicsVersion, (writer) => {
    writer.array([name], () => {
      writer.string(name).int32(partitions).int16(replicationFactor);
      writer.int32(0); // assignments: the controller's choice
      writer.array(Object.entries({ 'min.insync.replicas': minimum, ...config }), ([setting, value]) =>
        writer.string(setting).string(value),
      );
    });
    writer.int32(10_000).int8(0); // timeout; validate only
  });
  answer.int32(); // throttle
  const [code = -1] = answer.array(() => {
    answer.string();
    const error = answer.int16();
    answer.string(); // message
    return error;
  });
  return code;
}
