import { isError } from '@holdfast/core/stage';
import type { AdapterCase, MakeAdapter } from './adapter-case.js';
import { adapterCases } from './adapter-cases.js';
import type { KafkaControl } from './kafka-control.js';
import { runAdapterCase } from './run-case.js';

export interface AdapterCasesOptions {
  readonly control: KafkaControl;
  readonly makeAdapter: MakeAdapter;
  /** Default: all. */
  readonly cases?: readonly AdapterCase[];
}

export interface CaseFailure {
  readonly name: string;
  readonly problem: string;
}

export interface CaseLeftOut {
  readonly name: string;
  readonly reason: string;
}

export interface AdapterCasesReport {
  readonly passed: readonly string[];
  readonly failed: readonly CaseFailure[];
  /**
   * The cases that the control cannot run. An adapter for which many are left out is not proven.
   */
  readonly leftOut: readonly CaseLeftOut[];
}

/** Returns why this control cannot run this case; `undefined` if it can. */
export function whyLeftOut(
  { cluster, brokers = 1, needs = [] }: AdapterCase,
  control: KafkaControl,
): string | undefined {
  const isSecure = control.security !== undefined;
  if (cluster === 'secure' && !isSecure) return 'it needs a cluster with TLS, SASL and ACLs (security)';
  if (cluster === 'plain' && isSecure) return 'it needs a cluster without TLS';
  if (control.size < brokers) return `it needs ${brokers} brokers, and there are ${control.size}`;
  const missing = needs.find((one) => control.cannot?.includes(one));
  if (missing === 'kill') return 'it kills brokers, and the control cannot (kill, start)';
  return missing === undefined ? undefined : 'it freezes a broker, and the control cannot (pause, resume)';
}

/** Runs the cases one after the other and resolves with their results, even if some fail. */
export async function checkAdapterCases({
  control,
  makeAdapter,
  cases = adapterCases,
}: AdapterCasesOptions): Promise<AdapterCasesReport> {
  const passed: string[] = [];
  const failed: CaseFailure[] = [];
  const leftOut: CaseLeftOut[] = [];
  for (const one of cases) {
    const { name } = one;
    const reason = whyLeftOut(one, control);
    if (reason !== undefined) leftOut.push({ name, reason });
    else {
      try {
        await runAdapterCase(one, control, makeAdapter);
        passed.push(name);
      } catch (error) {
        failed.push({ name, problem: isError(error) ? error.message : String(error) });
      }
    }
  }
  return { passed, failed, leftOut };
}

/**
 * Returns a line for people: `18 of 23 cases passed; 5 were left out: it needs a cluster with …`.
 */
export function summaryOf({ passed, failed, leftOut }: AdapterCasesReport): string {
  const all = passed.length + failed.length + leftOut.length;
  const reasons = [...new Set(leftOut.map(({ reason }) => reason))].join('; ');
  return [
    `${passed.length} of ${all} cases passed`,
    ...(failed.length > 0
      ? [`${failed.length} failed: ${failed.map(({ name }) => `'${name}'`).join(', ')}`]
      : []),
    ...(leftOut.length > 0 ? [`${leftOut.length} were LEFT OUT: ${reasons}`] : []),
  ].join('; ');
}
