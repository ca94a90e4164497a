#!/usr/bin/env node
/**
 * `node tools/packaging/main.mjs [report.json] [--alone]`: checks every public package as it would
 * be published, and prints the problems; with `--alone` only how each installs by itself. Needs a
 * build.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { dieWithChildren } from '../setup/process-groups.mjs';
import { checkInstalls, checkPackaging } from './packaging.mjs';

const {
  values: { alone },
  positionals: [report],
} = parseArgs({ allowPositionals: true, options: { alone: { type: 'boolean', default: false } } });
dieWithChildren();
const check = alone ? checkInstalls : checkPackaging;
const findings = await check((doing) => process.stdout.write(`${doing}\n`));
for (const { what, problem } of findings) {
  if (problem !== undefined) process.stdout.write(`✗ ${what}\n${problem.replaceAll(/^/gm, '    ')}\n`);
}
if (report) {
  fs.mkdirSync(path.dirname(path.resolve(report)), { recursive: true });
  fs.writeFileSync(report, JSON.stringify(findings));
}
process.exitCode = findings.every(({ problem }) => problem === undefined) ? 0 : 1;
