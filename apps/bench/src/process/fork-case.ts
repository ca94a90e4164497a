import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Result } from '../measure/result.js';
import { isReport, type CaseOrder } from './messages.js';

const lastWordsLength = 2_000;

/** Measures a case in a process of its own. Never rejects: a failure is the result. */
export function forkCase(order: CaseOrder, log: (line: string) => void): Promise<Result> {
  const child = fork(fileURLToPath(new URL('./case-process.js', import.meta.url)), [JSON.stringify(order)], {
    serialization: 'advanced', // keeps undefined values
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let lastWords = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-lastWordsLength);
  });
  return new Promise((resolve) => {
    let result: Result | undefined;
    child.on('message', (message) => {
      if (!isReport(message)) return;
      if (message.type === 'log') log(message.line);
      else result = message.result;
    });
    child.once('error', (error) => resolve({ name: order.name, problem: error.message }));
    child.once('close', (code, signal) => {
      const problem = `its process ended early (${signal ?? `exit code ${code}`})\n${lastWords}`;
      resolve(result ?? { name: order.name, problem });
    });
  });
}
