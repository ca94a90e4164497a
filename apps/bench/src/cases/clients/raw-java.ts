import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { startKafkaTool, type KafkaTool } from '@holdfast/kafka';
import type { Sample } from '../../measure/sample.js';
import { JavaReport } from './java-report.js';
import type { RawUse } from './raw.js';

const loadGenerator = 'org.apache.kafka.tools.ProducerPerformance';
/** Until then Java's compiler makes it faster: for 3 s with Java's defaults, measured. */
const warmUp = 400_000;
/** How often the load generator says how far it is, and the processor time is read. */
const reportingIntervalMs = 100;

/**
 * Java's own producer under the load generator of Kafka's distribution. Its records have no key: they go to one partition
 * until a batch is full, and then to another, which is the cheapest for it. Each run is a process of its own.
 */
export const javaProducer = (properties: Readonly<Record<string, string | number>>): RawUse => ({
  settings: { javaWarmUp: warmUp, ...properties },
  warmUp,
  open: (brokers) => {
    let running: KafkaTool | undefined;
    return Promise.resolve({
      send: async ([first], count) => {
        if (first === undefined) throw new RangeError('no records');
        const commandLine = [
          ...['--bootstrap-server', brokers.join(','), '--topic', first.topic],
          ...['--num-records', warmUp + count, '--warmup-records', warmUp, '--throughput', -1],
          ...['--record-size', first.value.length, '--reporting-interval', reportingIntervalMs],
          '--command-property',
          ...Object.entries({ acks: 'all', ...properties }).map(([name, value]) => `${name}=${value}`),
        ];
        running = await startKafkaTool(loadGenerator, commandLine.map(String));
        return resultOf(running);
      },
      close: () => Promise.resolve(void running?.kill('SIGKILL')),
    });
  },
});

/** Rejects with what the program said when it ended without a result. */
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
/** Where utime and stime are behind the name in parentheses: proc_pid_stat(5), fields 14 and 15. */
const userField = 11;

/** Processor time of another process so far; `undefined` where there is no /proc, or the process no more. */
function cpuMsOf(pid: number | undefined): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[userField]) + Number(fields[userField + 1])) * tickMs;
  } catch {
    return undefined;
  }
}
