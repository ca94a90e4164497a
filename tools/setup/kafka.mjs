import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { exec, tail } from './exec.mjs';
import { kafkaLibs, kafkaVersion, minimumJava } from './places.mjs';
import { impossible, missing, ready } from './step.mjs';

const pom = fileURLToPath(new URL('kafka-pom.xml', import.meta.url));
const folder = path.dirname(kafkaLibs);
/**
 * The name and size of each jar, written last: files that do not match it are an interrupted
 * download.
 */
const manifest = path.join(folder, 'jars.json');

/** @param {string} libs @returns {Record<string, number>} */
const sizes = (libs) =>
  Object.fromEntries(
    fs
      .readdirSync(libs)
      .sort()
      .map((jar) => [jar, fs.statSync(path.join(libs, jar)).size]),
  );

function complete() {
  try {
    return fs.readFileSync(manifest, 'utf8') === JSON.stringify(sizes(kafkaLibs));
  } catch {
    return false;
  }
}

/** Returns why Java cannot run Kafka here, `undefined` when it can. */
async function whyNoJava() {
  const home = process.env['JAVA_HOME'];
  const inHome = home ? path.join(home, 'bin/java') : '';
  const java = inHome && fs.existsSync(inHome) ? inHome : 'java';
  const { code, output } = await exec(java, ['-version'], { timeoutMs: 30_000 });
  const remedy = `install a JRE ${minimumJava} or later (Debian: apt-get install -y openjdk-17-jre-headless)`;
  if (code !== 0) return `no Java: ${remedy}`;
  const major = Number(/version "(?:1\.)?(\d+)/.exec(output)?.[1] ?? 0);
  return major < minimumJava ? `Java ${major} is too old: ${remedy}` : undefined;
}

/** @type {import('./step.mjs').Step} */
export const kafka = {
  name: `Apache Kafka ${kafkaVersion}`,
  after: [],
  essential: false,
  costs:
    'integration tests are skipped (with CI=true: fail), and demo and bench use Docker or the mock cluster instead',
  async check() {
    if (process.env['KAFKA_BROKERS']) return ready('your own brokers, as KAFKA_BROKERS says');
    if (!complete()) return missing('its jars are not there');
    const noJava = await whyNoJava();
    return noJava === undefined ? ready('there') : impossible(noJava);
  },
  async make(progress) {
    const noJava = await whyNoJava();
    if (noJava !== undefined) return impossible(noJava);
    const draft = `${folder}.tmp`;
    fs.rmSync(draft, { recursive: true, force: true });
    try {
      const { code, output, timedOut } = await exec(
        'mvn',
        [
          ...['-B', '-ntp', '-f', pom, 'dependency:copy-dependencies'],
          ...[`-DoutputDirectory=${path.join(draft, 'libs')}`, '-DincludeScope=runtime'],
        ],
        { timeoutMs: 10 * 60_000, onLine: (line) => progress.note(line) },
      );
      if (code === 127) return impossible('no Maven to fetch it with (Debian: apt-get install -y maven)');
      if (timedOut) return impossible('Maven did not finish within 10 minutes; run `npm run setup` again');
      if (code !== 0) return impossible(`Maven could not fetch it:\n${tail(output)}\n `);
      const jars = sizes(path.join(draft, 'libs'));
      fs.writeFileSync(path.join(draft, 'jars.json'), JSON.stringify(jars));
      fs.rmSync(folder, { recursive: true, force: true });
      fs.renameSync(draft, folder);
      return ready(`${Object.keys(jars).length} jars fetched`);
    } finally {
      fs.rmSync(draft, { recursive: true, force: true });
    }
  },
};
