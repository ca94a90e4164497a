import fs from 'node:fs';
import path from 'node:path';
import { exec } from '../setup/exec.mjs';
import { look, problemOf } from './findings.mjs';
import { sideBySide } from './side-by-side.mjs';

/** Not in the workspace's own package.json: nothing here is tested with it. */
export const jestPackages = ['jest@30.5.2', '@babel/plugin-transform-modules-commonjs@7.29.14'];

/** A chain with two directories, which starts twice. */
const test = `
test('a chain with directories starts, delivers, and starts again', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-jest-'));
  for (const value of ['text', new Uint8Array([1, 2])]) {
    const kafka = memoryKafka({ topics: { orders: 1 } });
    const producer = await createProducer({
      adapter: kafka.adapter(),
      use: recommended({ journal: { directory: join(directory, 'outbox') } }),
    });
    const sent = producer.send({ topic: 'orders', key: 'k', value, headers: { a: Buffer.from('b') } });
    expect(await sent).toMatchObject({ status: 'delivered' });
    await producer.close();
  }
  await rm(directory, { recursive: true });
});
`;

const names = {
  'node:fs/promises': '{ mkdtemp, rm }',
  'node:os': '{ tmpdir }',
  'node:path': '{ join }',
  holdfast: '{ createProducer, recommended }',
  '@holdfast/testing': '{ memoryKafka }',
};

/** As in the README of `holdfast`, for both module systems of jest. */
const projects = [
  {
    name: 'jest, ES modules',
    flags: ['--experimental-vm-modules'],
    files: {
      'package.json': JSON.stringify({ type: 'module' }),
      'jest.config.mjs': 'export default { transform: {} };',
      'orders.test.js':
        Object.entries(names)
          .map(([from, its]) => `import ${its} from '${from}';\n`)
          .join('') + test,
    },
  },
  {
    name: 'jest, CommonJS',
    flags: [],
    files: {
      'package.json': JSON.stringify({ type: 'commonjs' }),
      'jest.config.js': `module.exports = {
        transform: { '\\\\.[cm]?js$': ['babel-jest', { plugins: ['@babel/plugin-transform-modules-commonjs'] }] },
        transformIgnorePatterns: ['/node_modules/(?!(@holdfast|holdfast)/)'],
      };`,
      'orders.test.js':
        Object.entries(names)
          .map(([from, its]) => `const ${its} = require('${from}');\n`)
          .join('') + test,
    },
  },
];

/**
 * Runs a user's test in jest, whose realm has its own `Error`, `Uint8Array` and `Promise`.
 *
 * @param {string} folder the user's, in which everything is installed
 * @returns {Promise<import('./findings.mjs').Finding[]>}
 */
export function checkJest(folder) {
  const jest = path.join(folder, 'node_modules/jest/bin/jest.js');
  return sideBySide(
    projects.map(({ name, flags, files }) => async () => {
      const cwd = path.join(folder, name.replaceAll(/\W+/g, '-'));
      fs.mkdirSync(cwd);
      for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(cwd, file), text);
      return look(`${name}: a chain with directories`, async () =>
        problemOf(
          await exec(process.execPath, [...flags, jest, '--no-watchman'], { cwd, timeoutMs: 120_000 }),
        ),
      );
    }),
  );
}
