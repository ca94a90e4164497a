#!/usr/bin/env node
/**
 * Checks all types with TypeScript 7, which shares no code with the compiler that builds. It also
 * builds, as declarations are part of the check, so it gets a copy of the sources: its output must
 * not mix with the other's.
 */
import path from 'node:path';
import { exec } from '../../setup/exec.mjs';
import { dieWithChildren } from '../../setup/process-groups.mjs';
import { root } from '../../setup/places.mjs';
import { withWorkspaceCopy } from './workspace-copy.mjs';

const timeoutMs = 9 * 60_000;

dieWithChildren();
await withWorkspaceCopy('typescript7', ['dist', 'out-tsc', 'templates'], async (cwd) => {
  const tsc = path.join(root, 'node_modules/typescript-7/bin/tsc');
  const { code, output } = await exec(process.execPath, [tsc, '-b', '--pretty', 'false'], { cwd, timeoutMs });
  process.stdout.write(output);
  process.exitCode = code;
});
