import { join } from 'node:path';

/** The addresses and files of one node. */
export interface NodePlan {
  readonly id: number;
  /** Where clients connect. */
  readonly port: number;
  /** Where the controllers' quorum communicates. */
  readonly controllerPort: number;
  /** Where brokers and the launcher connect in a secure cluster; otherwise the same as `port`. */
  readonly internalPort: number;
}

/** Everything that another process needs to control the cluster; plain data. */
export interface ClusterPlan {
  readonly directory: string;
  readonly secure: boolean;
  readonly nodes: readonly NodePlan[];
}

export function propertiesFile(directory: string, id: number): string {
  return join(directory, `broker-${id}.properties`);
}

export function dataFolder(directory: string, id: number): string {
  return join(directory, `broker-${id}`);
}

export function logFile(directory: string, id: number): string {
  return join(directory, `broker-${id}.log`);
}

export function outputFile(directory: string, id: number): string {
  return join(directory, `broker-${id}.out`);
}

export function pidFile(directory: string, id: number): string {
  return join(directory, `broker-${id}.pid`);
}

/** The number of ports of a node. */
export function portsPerNode(secure: boolean): number {
  return secure ? 3 : 2;
}

/**
 * Assigns the ports: first one for the clients of each node, in order, so that these are
 * neighbours.
 */
export function planNodes(ports: readonly number[], secure: boolean): NodePlan[] {
  const size = Math.floor(ports.length / portsPerNode(secure));
  const take = (index: number): number => {
    const port = ports[index];
    if (port === undefined) throw new RangeError(`${ports.length} ports are too few for ${size} nodes`);
    return port;
  };
  return Array.from({ length: size }, (_, index) => {
    const port = take(index);
    const internalPort = secure ? take(2 * size + index) : port;
    return { id: index + 1, port, controllerPort: take(size + index), internalPort };
  });
}
