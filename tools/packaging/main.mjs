#!/usr/bin/env node
/** `node tools/packaging/main.mjs [report.json]`: looks at every public package, and says what is wrong. Needs a build. */
import fs from 'node:fs';
import { dieWithChildren } from '../setup/exec.mjs';
import { checkPackaging } from './packaging.mjs';

const [report] = process.argv.slice(2);
dieWithChildren();
const findings = await checkPackaging((doing) => process.stdout.write(`${doing}\n`));
for (const { what, problem } of findings) {
  if (problem !== undefined) process.stdout.write(`✗ ${what}\n${problem.replaceAll(/^/gm, '    ')}\n`);
}
if (report) fs.writeFileSync(report, JSON.stringify(findings));
process.exitCode = findings.every(({ problem }) => problem === undefined) ? 0 : 1;
