#!/usr/bin/env node
/**
 * `npm run setup`: makes this checkout ready to run, as far as this machine lets it, and says plainly what could not
 * be done and what that costs. Each part is made only when it is missing; run it again at any time.
 */
import { dieWithChildren } from './exec.mjs';
import { prepare, whyNotThisNode } from './prepare.mjs';
import { seconds } from './progress.mjs';

const tooOld = whyNotThisNode();
if (tooOld) {
  process.stderr.write(`${tooOld}\n`);
  process.exit(1);
}
dieWithChildren();
const { works, states } = await prepare({ out: process.stdout });
const took = seconds(performance.now());
const not = Object.entries(states).filter(([, state]) => state.is !== 'ready');
process.stdout.write(
  not.length === 0
    ? `Ready in ${took}. Next: npm run demo, or npm test\n`
    : `${works ? 'Ready, but without' : 'Not ready:'} ${not.map(([name]) => name).join(', ')}, after ${took}\n`,
);
process.exitCode = works ? 0 : 1;
