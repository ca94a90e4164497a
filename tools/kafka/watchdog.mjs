// Ends what its owner started when the owner disappears, however it disappears: kill -9 runs no
// handler. The owner
// holds the other end of standard input, which the system closes with the owner's last breath.
//
// Plain JavaScript beside `src`, because it runs as a process of its own, from the sources and from
// a build alike, and
// before there is a build: the set-up owns processes, too (tools/setup/process-groups.mjs).
// A line of input is one of
// {"watch": {"pid": 123, "marker": "/tmp/holdfast-kafka-x/broker-1.properties", "directory":
// "/tmp/holdfast-kafka-x"}}
// {"directory": "/tmp/holdfast-kafka-x", "command": ["docker", …]}   at the end run that, if given,
// and remove this
//   {"group": 123}   at the end kill that process group
//   {"ended": 123}   forget that group
// {"release": "/tmp/holdfast-kafka-x"}     forget the directory and the processes that belong to it
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const DEADLINE_MS = 10_000;

/** @type {{ pid: number, marker: string, directory?: string }[]} */
let watched = [];
/** @type {Map<string, string[] | undefined>} */
const directories = new Map();
/** @type {Set<number>} */
const groups = new Set();

for await (const line of createInterface({ input: process.stdin })) {
  const { watch, directory, command, release, group, ended } = JSON.parse(line);
  if (watch !== undefined) watched.push(watch);
  if (directory !== undefined) directories.set(directory, command);
  if (group !== undefined) groups.add(group);
  if (ended !== undefined) groups.delete(ended);
  if (release !== undefined) {
    directories.delete(release);
    watched = watched.filter((one) => one.directory !== release);
  }
}

for (const group of groups) {
  try {
    process.kill(-group, 'SIGKILL'); // no member can start another one meanwhile: the system sees to that
  } catch {
    // they were quicker
  }
}
const deadline = Date.now() + DEADLINE_MS;
while (watched.some(alive) && Date.now() < deadline) {
  for (const one of watched.filter(alive)) {
    try {
      process.kill(one.pid, 'SIGKILL'); // ends a process that stands still (SIGSTOP) as well
    } catch {
      // it was quicker
    }
  }
  await sleep(20);
}
for (const [directory, command] of directories) {
  if (command !== undefined) run(command);
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}

/** @param {string[]} command */
function run([program = '', ...rest]) {
  try {
    execFileSync(program, rest, { stdio: 'ignore' });
  } catch {
    // nobody is left to be told
  }
}

/**
 * Whether the process is there and still the one that was meant: ids are used again.
 * @param {{ pid: number, marker: string }} one
 */
function alive({ pid, marker }) {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(marker);
    const ps = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return ps.includes(marker);
  } catch {
    return false;
  }
}
