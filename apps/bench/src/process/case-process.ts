/**
 * One case in a process of its own: what another case left in the heap or in the compiler does not
 * affect its figures.
 */
import { findCase } from '../cases/catalogue.js';
import type { Result } from '../measure/result.js';
import { measureCase } from './measure-case.js';
import type { CaseOrder, CaseReport } from './messages.js';

const order = JSON.parse(process.argv[2] ?? '{}') as CaseOrder;

const say = (report: CaseReport): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(report, () => resolve());
  });

async function measure(): Promise<Result> {
  try {
    const log = (line: string): void => void say({ type: 'log', line });
    return await measureCase(findCase(order.name), { ...order, log });
  } catch (error) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { name: order.name, problem };
  }
}

await say({ type: 'result', result: await measure() });
// A client may keep a timer for a while, which no longer matters.
process.exit();
