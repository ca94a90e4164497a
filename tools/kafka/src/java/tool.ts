import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { findInstall, type KafkaInstall } from './install.js';

/**
 * The options that Kafka's own scripts give their programs: `bin/kafka-run-class.sh` of Kafka 4.2
 * (KAFKA_JVM_PERFORMANCE_OPTS), and the heap of `bin/kafka-producer-perf-test.sh`.
 */
const SCRIPT_JVM = [
  '-Xmx512M',
  '-server',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-XX:InitiatingHeapOccupancyPercent=35',
  '-XX:+ExplicitGCInvokesConcurrent',
  '-Djava.awt.headless=true',
];

/** A running program. Both outputs have to be read, or it blocks. */
export type KafkaTool = ChildProcessByStdio<null, Readable, Readable>;

/**
 * Starts a program of Kafka's jars, such as `org.apache.kafka.tools.ProducerPerformance`, as
 * Kafka's own scripts do. Rejects with the missing part where there is no Java, or no jars.
 */
export async function startKafkaTool(
  main: string,
  args: readonly string[],
  find: () => Promise<KafkaInstall | string> = findInstall,
): Promise<KafkaTool> {
  const install = await find();
  if (typeof install === 'string') throw new Error(`${main} cannot run: ${install}`);
  const jvm = [...SCRIPT_JVM, '-cp', join(install.libs, '*'), main];
  return spawn(install.java, [...jvm, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}
