import fs from 'node:fs';
import path from 'node:path';
import { exec, tail } from './exec.mjs';
import { cache, prometheusFolder } from './places.mjs';
import { impossible, missing, ready } from './step.mjs';

/**
 * The server, and what checks rules:
 * https://prometheus.io/docs/prometheus/latest/command-line/promtool/
 */
const programs = /** @type {const} */ (['prometheus', 'promtool']);
const otherwise = 'install Prometheus 2.42 or later, so that `prometheus` and `promtool` are on the PATH';

/** @returns {Promise<string | undefined>} the version of those on the PATH */
async function onPath() {
  const answers = await Promise.all(programs.map((program) => exec(program, ['--version'])));
  if (answers.some(({ code }) => code !== 0)) return undefined;
  return /version (\S+?),/.exec(answers[0]?.output ?? '')?.[1] ?? 'of unknown version';
}

/**
 * Returns the path of a Prometheus program: what setup fetched, or its bare name for the PATH.
 * Undefined when there is none.
 *
 * @param {typeof programs[number]} program
 */
export async function findPrometheus(program) {
  const fetched = path.join(prometheusFolder, program);
  if (fs.existsSync(fetched)) return fetched;
  return (await exec(program, ['--version'])).code === 0 ? program : undefined;
}

/**
 * Runs apt-get on folders of its own: it needs no root, and the system's lists and packages stay
 * unchanged.
 *
 * @param {string} folder
 */
function aptIn(folder) {
  for (const one of ['state/lists/partial', 'cache/archives/partial']) {
    fs.mkdirSync(path.join(folder, one), { recursive: true });
  }
  return [
    ...['-q', '-o', `Dir::State=${folder}/state`, '-o', `Dir::Cache=${folder}/cache`],
    ...['-o', 'Dir::State::status=/var/lib/dpkg/status', '-o', 'APT::Sandbox::User='],
  ];
}

/** @type {import('./step.mjs').Step} */
export const prometheus = {
  name: 'Prometheus',
  after: [],
  essential: false,
  costs: 'the alert rules and the dashboard are not tried out (with CI=true: a failure)',
  async check() {
    if (programs.every((program) => fs.existsSync(path.join(prometheusFolder, program))))
      return ready('there');
    const version = await onPath();
    return version === undefined ? missing('it is not there') : ready(`${version}, on the PATH`);
  },
  async make(progress) {
    const draft = path.join(cache, 'prometheus.tmp');
    fs.rmSync(draft, { recursive: true, force: true });
    try {
      const options = aptIn(draft);
      const steps = [
        ['apt-get', ...options, 'update'],
        ['apt-get', ...options, 'download', 'prometheus'],
      ];
      for (const [program = '', ...args] of steps) {
        const { code, output } = await exec(program, args, {
          ...{ cwd: draft, timeoutMs: 5 * 60_000, onLine: (line) => progress.note(line) },
        });
        if (code === 127) return impossible(`no apt-get to fetch it with; ${otherwise}`);
        if (code !== 0) return impossible(`apt-get could not fetch it; ${otherwise}:\n${tail(output)}\n `);
      }
      const archive = fs.readdirSync(draft).find((name) => name.endsWith('.deb')) ?? '';
      const unpacked = await exec('dpkg-deb', ['-x', archive, 'unpacked'], { cwd: draft });
      if (unpacked.code !== 0)
        return impossible(`dpkg-deb could not unpack it:\n${tail(unpacked.output)}\n `);
      fs.rmSync(prometheusFolder, { recursive: true, force: true });
      fs.renameSync(path.join(draft, 'unpacked/usr/bin'), prometheusFolder);
      return ready(`fetched: ${archive}`);
    } finally {
      fs.rmSync(draft, { recursive: true, force: true });
    }
  },
};
