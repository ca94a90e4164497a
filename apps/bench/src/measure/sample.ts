import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The figures of one run of one side. */
export interface Sample {
  /** In the unit of the case. */
  readonly value: number;
  readonly timing?: Timing;
}

/** Nanoseconds per record. */
export interface Timing {
  readonly wallNs: number;
  /** Of all threads of the producing process, in user mode and in the kernel. */
  readonly cpuNs: number;
}

/** Runs `work`, which handles this many records, and divides its cost among them. */
export async function timed(records: number, work: () => Promise<void> | void): Promise<Timing> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { wallNs: (wallMs * 1e6) / records, cpuNs: ((user + system) * 1e3) / records };
}

/** Records per second. */
export const rateOf = ({ wallNs }: Timing): number => 1e9 / wallNs;

/** Garbage of an earlier run should not be charged to the next. */
export function collectGarbage(): void {
  // Twice: objects with finalizers go in the second round.
  gc();
  gc();
}

/** V8's own, without a flag on the command line. */
const gc = exposedGc();

function exposedGc(): () => void {
  setFlagsFromString('--expose-gc');
  const exposed: unknown = runInNewContext('gc');
  if (typeof exposed !== 'function') throw new Error('this Node.js does not expose its garbage collector');
  return () => void Reflect.apply(exposed, undefined, []);
}
