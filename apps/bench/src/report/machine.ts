import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';

export interface Machine {
  /** Day of the measurement, as in 2026-12-01, UTC. */
  readonly day: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /**
   * Processes that ran or waited to run, over the last minute. Above the number of cores the
   * figures suffer.
   */
  readonly load: number;
}

export function machine(): Machine {
  return {
    day: new Date().toISOString().slice(0, 10),
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

export const machineLine = ({ node, platform, cpu, cores, memoryGiB, load }: Machine): string =>
  `Node ${node}, ${platform}, ${cores} × ${cpu}, ${memoryGiB} GiB, load ${load}`;
