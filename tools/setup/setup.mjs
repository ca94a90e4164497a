#!/usr/bin/env node
/**
 * `npm run setup [-- <step> ...]`: makes this checkout ready to run, as far as this machine allows,
 * and reports what could not be done and what that costs. Makes each part only when it is missing;
 * run it again at any time.
 */
import { dieWithChildren } from './process-groups.mjs';
import { prepare, whyNotThisNode } from './prepare.mjs';
import { seconds } from './progress.mjs';
import { isStepId, stepIds, steps } from './steps.mjs';

const given = process.argv.slice(2);
const unknown = given.filter((one) => !isStepId(one));
const problem =
  whyNotThisNode() ??
  (unknown.length > 0
    ? `no step is named ${unknown.join(', ')}; there are ${stepIds.join(', ')}`
    : undefined);
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
dieWithChildren();
const ids = given.length > 0 ? given.filter(isStepId) : stepIds;
const { works, states } = await prepare({ out: process.stdout }).need(...ids);
const took = seconds(performance.now());
const not = stepIds.filter((id) => states[id] && states[id].is !== 'ready').map((id) => steps[id].name);
process.stdout.write(
  not.length === 0
    ? `Ready in ${took}. Next: npm run demo, or npm test\n`
    : `${works ? 'Ready, but without' : 'Not ready:'} ${not.join(', ')}, after ${took}\n`,
);
process.exitCode = works ? 0 : 1;
