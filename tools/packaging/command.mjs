import fs from 'node:fs';
import path from 'node:path';
import { exec } from '../setup/exec.mjs';
import { look, problemOf } from './findings.mjs';

/** @typedef {import('./findings.mjs').Finding} Finding */

/** Leaves three records in a journal, as a service does while Kafka is down. */
const service = `
import { createProducer, journal } from 'holdfast';
import { memoryKafka } from '@holdfast/testing';

const kafka = memoryKafka();
kafka.down();
const producer = await createProducer({
  adapter: kafka.adapter(),
  use: [journal({ directory: 'outbox', acknowledge: 'journaled' })],
  onUndeliverable: () => undefined,
});
for (const value of ['v1', 'v2', 'v3']) await producer.send({ topic: 'orders', key: 'k', value });
await producer.close({ timeoutMs: 0 });
`;

const producer = `
import { createProducer } from 'holdfast';
import { memoryKafka } from '@holdfast/testing';

export default () => createProducer({ adapter: memoryKafka({ topics: { orders: 1 } }).adapter() });
`;

/** A command that hangs until it is stopped. */
const stuck = `
export default {
  send: () => new Promise(() => process.kill(process.pid, 'SIGINT')),
  flush: async () => {},
  close: async () => process.exit(77),
};
`;

/**
 * The command lines to run, in this order, with the expected exit code and output. One through npx
 * is enough to show that npx finds the command: npx takes longer than the command itself.
 *
 * @type {readonly { shell: string, code?: number, says: RegExp }[]}
 */
const questions = [
  { shell: 'npx --no-install holdfast --help', says: /^Usage: holdfast /m },
  { shell: 'holdfast journal inspect outbox', says: /outbox: 3 records waiting to be sent/ },
  { shell: 'holdfast journal verify outbox', says: /outbox: sound/ },
  { shell: 'holdfast journal export outbox | head -n 1', says: /"value":"v1"/ },
  {
    shell: 'holdfast journal replay outbox',
    code: 2,
    says: /--producer <module> is missing/,
  },
  {
    shell: 'holdfast journal replay outbox --producer broken.mjs',
    code: 1,
    says: /MODULE_FAILED: .*broken\.mjs' cannot be loaded: SyntaxError: .*; node --check '.*broken\.mjs' shows where\n$/,
  },
  {
    shell: 'holdfast journal replay outbox --producer stuck.mjs',
    code: 77,
    says: /holdfast: stopping; once more to leave at once/,
  },
  {
    shell: 'holdfast journal replay outbox --producer producer.mjs',
    says: /outbox: 3 records delivered, 0 failed/,
  },
];

/**
 * Runs the command `holdfast` as a user who has installed the package does.
 *
 * @param {string} folder the user's, in which everything is installed
 * @returns {Promise<Finding[]>}
 */
export async function checkCommand(folder) {
  const files = {
    'service.mjs': service,
    'producer.mjs': producer,
    'stuck.mjs': stuck,
    'broken.mjs': 'const x = ;',
  };
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
  const made = await look('holdfast: the command, a journal for it', async () =>
    problemOf(await exec(process.execPath, ['service.mjs'], { cwd: folder })),
  );
  if (made.problem !== undefined) return [made];
  const env = { PATH: [path.join(folder, 'node_modules/.bin'), process.env['PATH']].join(path.delimiter) };
  const findings = [made];
  for (const { shell, code = 0, says } of questions) {
    findings.push(
      await look(shell, async () => {
        const finished = await exec('sh', ['-c', shell], { cwd: folder, env });
        if (finished.code === code && says.test(finished.output)) return undefined;
        return `${finished.output.trimEnd()}\nended with code ${finished.code}, not ${code}; or what it said does not fit ${says}`;
      }),
    );
  }
  return findings;
}
