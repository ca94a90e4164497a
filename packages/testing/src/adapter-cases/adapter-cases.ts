import type { AdapterCase } from './adapter-case.js';
import { faultCases } from './fault-cases.js';
import { recordCases } from './record-cases.js';
import { securityCases } from './security-cases.js';

/** What every adapter has to do on a real cluster, in one table: the same in, the same out. */
export const adapterCases: readonly AdapterCase[] = [...recordCases, ...faultCases, ...securityCases];
