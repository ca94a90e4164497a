import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { startKafkaTool, type KafkaTool } from '@holdfast/kafka';
import type { Sample } from '../../measure/sample.js';
import { ownFolder } from '../journal/folder.js';
import { JavaReport } from './java-report.js';
import type { RawUse } from './raw.js';
import { makeRecords } from './records.js';

const loadGenerator = 'org.apache.kafka.tools.ProducerPerformance';
/** Until then Java's compiler makes it faster: for 3 s with Java's defaults, measured. */
const warmUp = 400_000;
const differentValues = 1_000;
/** How often the load generator reports its progress, and the processor time is read. */
const reportingIntervalMs = 100;

/**
 * Java's own producer under the load generator of Kafka's distribution. Its records have no key:
 * they go to one partition until a batch is full, and then to another, which is the cheapest way
 * for it. It reads its values from a file: otherwise it would draw each byte of each record at
 * random, which for 1 KiB is about as much work as all the rest. Each run is a process of its own.
 */
export const javaProducer = (properties: Readonly<Record<string, string | number>>): RawUse => ({
  settings: { javaWarmUp: warmUp, ...properties },
  warmUp,
  open: async (brokers) => {
    const folder = await ownFolder();
    const payloads = join(folder.path, 'values');
    let running: KafkaTool | undefined;
    return {
      send: async ([first], count) => {
        if (first === undefined) throw new RangeError('no records');
        await writeFile(payloads, linesOf(first.value.length));
        const commandLine = [
          ...['--bootstrap-server', brokers.join(','), '--topic', first.topic],
          ...['--num-records', warmUp + count, '--warmup-records', warmUp, '--throughput', -1],
          ...['--payload-file', payloads, '--reporting-interval', reportingIntervalMs],
          '--command-property',
          ...Object.entries({ acks: 'all', ...properties }).map(([name, value]) => `${name}=${value}`),
        ];
        running = await startKafkaTool(loadGenerator, commandLine.map(String));
        return resultOf(running);
      },
      close: () => {
        running?.kill('SIGKILL');
        return folder.remove();
      },
    };
  },
});

/** As many different values as our side has, in letters, since the program reads lines. */
const linesOf = (valueBytes: number): string =>
  makeRecords('', differentValues, valueBytes)
    .map(({ value }) => value.toString('hex').slice(0, valueBytes))
    .join('\n');

/** Rejects with the program's output when it ended without a result. */
async function resultOf(tool: KafkaTool): Promise<Sample> {
  const errors = text(tool.stderr);
  const report = new JavaReport(warmUp);
  for await (const line of createInterface({ input: tool.stdout })) report.take(line, cpuMsOf(tool.pid));
  const sample = report.result();
  if (sample === undefined)
    throw new Error(`${loadGenerator} gave no figures: ${report.last} ${await errors}`);
  return sample;
}

const tickMs = 10;
/**
 * The positions of utime and stime after the name in parentheses: proc_pid_stat(5), fields 14 and
 * 15.
 */
const userField = 11;

/**
 * Returns the processor time of another process so far; `undefined` without /proc, or when the
 * process has ended.
 */
function cpuMsOf(pid: number | undefined): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[userField]) + Number(fields[userField + 1])) * tickMs;
  } catch {
    return undefined;
  }
}
