import path from 'node:path';
import { exec } from './exec.mjs';
import { root } from './places.mjs';

const program = path.join(root, 'node_modules/nx/dist/bin/nx.js');

/** No daemon that outlives the command, no process per plugin, no terminal UI. */
export const nxEnvironment = { NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false', NX_TUI: 'false' };

/**
 * Runs targets of all projects that have them, from Nx's cache where nothing has changed.
 *
 * @param {string[]} targets
 * @param {NonNullable<Parameters<typeof exec>[2]> & { flags?: string[] }} options
 */
export const runTargets = (targets, { flags = [], ...options }) =>
  exec(process.execPath, [program, 'run-many', '-t', ...targets, '--output-style=static', ...flags], {
    ...options,
    cwd: root,
    env: { ...nxEnvironment, ...options.env },
  });
