import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const KAFKA_VERSION = '4.2.0';
/** Kafka 4's brokers need it: https://kafka.apache.org/42/documentation.html#java */
const MINIMUM_JAVA = 17;

/** The repository root, relative to both `src` and `dist`. */
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
export const CACHE = join(ROOT, '.cache');
const LIBS = join(CACHE, `kafka-${KAFKA_VERSION}`, 'libs');

/** Where Java and Kafka's jars are. */
export interface KafkaInstall {
  readonly java: string;
  readonly javaVersion: number;
  readonly libs: string;
  /** The archive of parsed and linked classes that a JVM of this version loads from these jars. */
  readonly archive: string;
  /** Set while the archive is being made: each broker writes one to its folder when it ends. */
  readonly archives?: true;
}

/** The `java` of JAVA_HOME, otherwise the one on the PATH. */
function javaTool(home = process.env['JAVA_HOME']): string {
  if (home === undefined || home === '') return 'java';
  const tool = join(home, 'bin', 'java');
  return existsSync(tool) ? tool : 'java';
}

/** Resolves with the installation, or with the reason why there is none and what to do about it. */
export async function findInstall(): Promise<KafkaInstall | string> {
  const java = javaTool();
  const output = await versionOutput(java);
  const javaVersion = parseJavaVersion(output);
  if (javaVersion === undefined) return 'no Java: install a JRE 17 or later, or set JAVA_HOME';
  if (javaVersion < MINIMUM_JAVA)
    return `Java ${javaVersion} is too old for Kafka ${KAFKA_VERSION}: install 17 or later`;
  const jars = await readdir(LIBS).catch((): string[] => []);
  const kafka = `kafka_2.13-${KAFKA_VERSION}.jar`;
  if (!jars.includes(kafka)) {
    return `Java ${javaVersion}, but no Kafka jars in .cache: run \`npm run setup\` (it needs Maven)`;
  }
  const fetched = (await stat(join(LIBS, kafka))).mtimeMs;
  const key = createHash('sha256')
    .update(`${output}${LIBS}${fetched}${jars.length}`)
    .digest('hex')
    .slice(0, 12);
  return { java, javaVersion, libs: LIBS, archive: join(LIBS, '..', `classes-${key}.jsa`) };
}

/**
 * Returns the major version from the output of `java -version`: 17 for "17.0.15", 8 for
 * "1.8.0_402".
 */
export function parseJavaVersion(output: string): number | undefined {
  const found = /version "(?:1\.)?(\d+)/.exec(output);
  return found === null ? undefined : Number(found[1]);
}

/** Returns an empty text when there is no such program. */
async function versionOutput(java: string): Promise<string> {
  try {
    const { stderr, stdout } = await run(java, ['-version'], { timeout: 30_000 });
    return stderr + stdout;
  } catch {
    return '';
  }
}
