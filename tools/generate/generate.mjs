#!/usr/bin/env node
/** `npm run generate -- middleware <name>` and `npm run generate -- adapter <name>`: a new package, passing its tests. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from '../setup/places.mjs';
import { makePackage } from './make-package.mjs';
import { register } from './register.mjs';

const usage = 'usage: npm run generate -- middleware <name> | adapter <name>';

/** @param {string[]} args */
async function main([kind, name, ...rest]) {
  if ((kind !== 'middleware' && kind !== 'adapter') || !name || rest.length > 0) throw new Error(usage);
  const { folder } = await makePackage(kind, name, path.join(root, 'packages'));
  await register(folder);
  process.stdout.write(
    `packages/${folder} is made; npm adds it to the workspace and to package-lock.json ...\n`,
  );
  const { status } = spawnSync('npm', ['install', '--ignore-scripts'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('npm install failed; run it again');
  process.stdout.write(`Next: npm run unit -- packages/${folder}\n`);
}

await main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
