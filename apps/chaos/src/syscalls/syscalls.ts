import type { Violation } from '@holdfast/testing';
import type { SyscallsChoices } from '../arguments.js';
import { UsageError } from '@holdfast/kafka/command-line';
import { inject } from './inject.js';
import { nameOf, syscallFaults } from './syscall-fault.js';
import { diskWay, straceWay, whyNoStrace, type Way } from './way.js';

/** One kind of fault, at one call after the other. */
export interface SyscallResult {
  readonly way: Way['name'];
  readonly fault: string;
  /** The number of lives in which it struck. */
  readonly struck: number;
  /** The number of records that these lives acknowledged. */
  readonly acknowledged: number;
  readonly violations: readonly Violation[];
}

export interface SyscallsSurroundings {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  readonly heard: (result: SyscallResult) => void;
}

/** More calls of a kind than a life makes. */
const mostCalls = 2_000;

export async function playSyscalls(
  { way: asked, every }: SyscallsChoices,
  { say, signal, heard }: SyscallsSurroundings,
): Promise<SyscallResult[]> {
  const way = await wayOf(asked, say);
  const results: SyscallResult[] = [];
  for (const fault of syscallFaults) {
    const violations: Violation[] = [];
    let struck = 0;
    let acknowledged = 0;
    // A lasting fault takes long, and differs little from call to call.
    const step = fault.lasting ? every * 5 : every;
    for (let nth = 1; nth < mostCalls; nth += step) {
      signal.throwIfAborted();
      const one = await inject(way, fault, nth);
      violations.push(
        ...one.violations.map((violation) => ({
          ...violation,
          message: `call ${nth}: ${violation.message}`,
        })),
      );
      if (one.kept !== undefined)
        say(`${nameOf(fault)}, call ${nth}: the journal and the ledgers are kept in ${one.kept}`);
      if (!one.struck) break;
      struck++;
      acknowledged += one.acknowledged;
    }
    const result = { way: way.name, fault: nameOf(fault), struck, acknowledged, violations };
    say(`  ${result.fault}: ${struck} calls, ${violations.length} violations`);
    results.push(result);
    heard(result);
  }
  return results;
}

async function wayOf(asked: SyscallsChoices['way'], say: (line: string) => void): Promise<Way> {
  if (asked === 'disk') return diskWay;
  const why = await whyNoStrace();
  if (why === undefined) {
    say('strace injects the faults');
    return straceWay;
  }
  if (asked === 'strace') throw new UsageError(`--with strace: ${why}`);
  say(`${why}: a faulty disk injects the faults instead`);
  return diskWay;
}
