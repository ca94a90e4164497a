import type { BrokerStatus } from './cluster.js';
import { splitAddress, type Nodes } from './nodes.js';
import { UsageError } from './usage-error.js';
import type { Endpoint } from './protocol/connection.js';

/** The user's own cluster: the launcher may query it, but not kill any of it. */
export class ExternalNodes implements Nodes {
  readonly kind = 'external';
  readonly idsAreKafkas = false;
  readonly dataDirectory = undefined;
  readonly brokers: readonly string[];

  constructor(brokers: readonly string[]) {
    this.brokers = brokers;
  }

  get size(): number {
    return this.brokers.length;
  }

  endpoint(id: number): Endpoint {
    const address = this.brokers[id - 1];
    if (address === undefined) throw new RangeError(`no broker ${id}`);
    return splitAddress(address);
  }

  status(id: number): BrokerStatus {
    return { id, pid: undefined, port: this.endpoint(id).port, state: 'running' };
  }

  spawn(id: number): Promise<void> {
    return this.signal(id);
  }

  signal(id: number): Promise<void> {
    return Promise.reject(
      new UsageError(
        `broker ${id} (${this.brokers[id - 1]}) is not the launcher's to stop or start: KAFKA_BROKERS names a ` +
          'cluster of your own. Unset it to test against one that the launcher starts.',
      ),
    );
  }

  lastWords(): string {
    return 'its log is wherever your cluster keeps it';
  }

  remove(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Reads KAFKA_BROKERS: 'host:port', several separated by commas. Throws a {@link UsageError} on
 * anything else.
 */
export function parseBrokers(list: string): string[] {
  const brokers = list.split(',').map((one) => one.trim());
  const bad = brokers.filter((one) => !/^[^\s:]+:\d{1,5}$/.test(one));
  if (bad.length === 0) return brokers;
  throw new UsageError(`KAFKA_BROKERS: host:port, more of them after commas, not '${bad.join("', '")}'`);
}
