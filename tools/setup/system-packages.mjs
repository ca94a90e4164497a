import { exec, tail } from './exec.mjs';

/** @type {{ what: string, program?: string, header?: string, debian: string }[]} */
const required = [
  { what: 'g++', program: 'g++', debian: 'g++' },
  { what: 'make', program: 'make', debian: 'make' },
  { what: 'python3', program: 'python3', debian: 'python3' },
  { what: 'the headers of OpenSSL', header: 'openssl/ssl.h', debian: 'libssl-dev' },
  { what: 'the headers of zlib', header: 'zlib.h', debian: 'zlib1g-dev' },
];
/** Not needed to build, but zstd compression is missing without it. */
const zstd = 'libzstd-dev';

/** @param {{ program?: string, header?: string }} need */
async function there({ program, header }) {
  if (program) return (await exec(program, ['--version'])).code === 0;
  const { code } = await exec('g++', ['-E', '-x', 'c++', '-'], { input: `#include <${header}>\n` });
  return code === 0;
}

/** Returns what a build of the binding needs and this system lacks. */
async function lacking() {
  const found = [];
  for (const need of required) if (!(await there(need))) found.push(need);
  return found;
}

/**
 * Checks whether the binding can be compiled here. On CI, as root and with apt-get, it installs
 * what is missing; it leaves a person's own system alone. Returns why the binding cannot be
 * compiled, with the command that would change that.
 *
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<string | undefined>}
 */
export async function whyNoCompiler(progress) {
  const missing = await lacking();
  if (missing.length === 0) return undefined;
  const names = [...missing.map((need) => need.debian), zstd];
  const says = `it cannot be compiled without ${missing.map((need) => need.what).join(', ')}`;
  const remedy = `on Debian: apt-get install -y ${names.join(' ')}`;
  if (process.env['CI'] !== 'true' || process.getuid?.() !== 0) return `${says}; ${remedy}`;

  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  /** @param {string} line */
  const onLine = (line) => progress.note(line);
  progress.say(`on CI and as root: apt-get install -y ${names.join(' ')}`);
  await exec('apt-get', ['update'], { env, onLine, timeoutMs: 5 * 60_000 });
  const { code, output } = await exec('apt-get', ['install', '-y', '--no-install-recommends', ...names], {
    env,
    onLine,
    timeoutMs: 10 * 60_000,
  });
  return code === 0 ? undefined : `${says}; ${remedy} failed:\n${tail(output)}\n `;
}
