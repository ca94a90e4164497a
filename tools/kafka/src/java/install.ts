import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const KAFKA_VERSION = '4.2.0';
/** Kafka 4's brokers need it: https://kafka.apache.org/42/documentation.html#java */
const MINIMUM_JAVA = 17;

/** The repository, seen from both `src` and `dist`. */
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
export const CACHE = join(ROOT, '.cache');
export const LIBS = join(CACHE, `kafka-${KAFKA_VERSION}`, 'libs');

/** Where Java and Kafka's jars are. */
export interface KafkaInstall {
  readonly java: string;
  readonly javaVersion: number;
  readonly libs: string;
}

/** The program of this name in the JDK of JAVA_HOME, else the one on the PATH. */
export function javaTool(name: 'java' | 'keytool', home = process.env['JAVA_HOME']): string {
  if (home === undefined || home === '') return name;
  const tool = join(home, 'bin', name);
  return existsSync(tool) ? tool : name;
}

/** Resolves with the installation, or with the reason why there is none and what to do about it. */
export async function findInstall(): Promise<KafkaInstall | string> {
  const java = javaTool('java');
  const javaVersion = await readJavaVersion(java);
  if (javaVersion === undefined) return 'no Java: install a JRE 17 or later, or set JAVA_HOME';
  if (javaVersion < MINIMUM_JAVA)
    return `Java ${javaVersion} is too old for Kafka ${KAFKA_VERSION}: install 17 or later`;
  const jars = await readdir(LIBS).catch((): string[] => []);
  if (!jars.includes(`kafka_2.13-${KAFKA_VERSION}.jar`)) {
    return `Java ${javaVersion}, but no Kafka jars in .cache: run \`npm run setup\` (it needs Maven)`;
  }
  return { java, javaVersion, libs: LIBS };
}

/** The major version in the output of `java -version`: 17 for "17.0.15", 8 for "1.8.0_402". */
export function parseJavaVersion(output: string): number | undefined {
  const found = /version "(?:1\.)?(\d+)/.exec(output);
  return found === null ? undefined : Number(found[1]);
}

async function readJavaVersion(java: string): Promise<number | undefined> {
  try {
    const { stderr, stdout } = await run(java, ['-version'], { timeout: 30_000 });
    return parseJavaVersion(stderr + stdout);
  } catch {
    return undefined;
  }
}
