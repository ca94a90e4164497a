import { serverNames } from '@holdfast/core/adapter';
import type { Clock } from '@holdfast/core/stage';
import type { Kafka } from 'kafkajs';
import { unsupportedKafkajs } from '../errors.js';
import { BrokerConnection } from './broker-connection.js';
import type { Address, KafkajsCluster } from './kafkajs-types.js';

/** A user's function may name other brokers each time. */
const mostSeeds = 100;

/** Makes connections as the user's client would. Each is new and not connected yet. */
export interface Connections {
  /** Makes one to the next of the configured brokers, in turn. */
  seed(clock: Clock): Promise<BrokerConnection>;
  /** `host:port` of those that `seed` has made; the first hundred. */
  readonly seeds: readonly string[];
  to(address: Address, clock: Clock): Promise<BrokerConnection>;
}

/** Throws `INVALID_OPTIONS` when the internals of `kafka` are not those of kafkajs 2.2. */
export function connectionsOf(kafka: Kafka): Connections {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const createCluster: unknown = symbol === undefined ? undefined : Reflect.get(kafka, symbol);
  if (typeof createCluster !== 'function') throw unsupportedKafkajs();
  const cluster: unknown = Reflect.apply(createCluster, kafka, [{ allowAutoTopicCreation: false }]);
  if (!isCluster(cluster)) throw unsupportedKafkajs();
  const { brokerPool, rootLogger } = cluster;
  const open = async (clock: Clock, address?: Address): Promise<BrokerConnection> => {
    const connectionPool = await brokerPool.connectionPoolBuilder.build(address);
    return new BrokerConnection(
      brokerPool.createBroker({ connectionPool, logger: rootLogger }),
      connectionPool,
      clock,
    );
  };
  const connections = {
    seeds: new Array<string>(),
    async seed(clock: Clock): Promise<BrokerConnection> {
      const connection = await open(clock);
      if (connections.seeds.length < mostSeeds)
        connections.seeds = serverNames([...connections.seeds, connection.address], connection.port);
      return connection;
    },
    to: (address: Address, clock: Clock) => open(clock, address),
  };
  return connections;
}

function isCluster(value: unknown): value is KafkajsCluster {
  const pool = member(value, 'brokerPool');
  return (
    typeof member(pool, 'createBroker') === 'function' &&
    typeof member(member(pool, 'connectionPoolBuilder'), 'build') === 'function' &&
    member(value, 'rootLogger') !== undefined
  );
}

function member(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined;
}
