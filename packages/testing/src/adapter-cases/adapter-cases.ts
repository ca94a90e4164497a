import type { AdapterCase } from './adapter-case.js';
import { faultCases } from './fault-cases.js';
import { recordCases } from './record-cases.js';
import { securityCases } from './security-cases.js';

/**
 * The behaviour of all adapters on a real cluster, as one table: the same input has the same
 * result.
 */
export const adapterCases: readonly AdapterCase[] = [...recordCases, ...faultCases, ...securityCases];
