import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startKafka } from '@holdfast/kafka';
import { scanTopic } from '@holdfast/testing';
import type { EnduranceChoices } from '../arguments.js';
import type { Sample } from './messages.js';
import { runSender } from './sender-process.js';
import { TopicCheck } from './topic-check.js';
import { recordBytes } from './kilobyte-records.js';
import { enduranceResult, type EnduranceResult } from './result.js';

const mebi = 1024 * 1024;
const drainRate = 4_000;
const sendRate = 3 * drainRate;
const mostBytes = 256 * mebi;
/** A short run has a smaller limit, so that it reaches the limit too. */
const fullAfter = 0.4;
const partitions = 4;
const lookMs = 100;
const progressMs = 5_000;

export interface EnduranceSurroundings {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Sends three times as fast as the chain delivers for a while, then drains the backlog and looks
 * for every record.
 */
export async function endure(
  { seconds, client }: EnduranceChoices,
  { say, signal }: EnduranceSurroundings,
): Promise<EnduranceResult> {
  await using cluster = await startKafka({ brokers: 1, require: 'real', log: say });
  const topic = 'endurance';
  await cluster.createTopic(topic, { partitions });
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-endurance-'));
  const journal = join(directory, 'journal');
  const maxBytes = Math.min(mostBytes, Math.ceil(fullAfter * seconds * (sendRate - drainRate) * recordBytes));
  say(
    `sending ${sendRate} records per second and delivering ${drainRate} for ${seconds} s; ${Math.round(maxBytes / mebi)} MiB of disk`,
  );
  const disk = new DiskWatch(journal);
  try {
    const run = await runSender(
      { client, brokers: cluster.brokers, topic, directory: journal, maxBytes, drainRate, sendRate, seconds },
      progress(say),
      signal,
    );
    say('reading the topic back');
    const check = new TopicCheck(run.ended.sent);
    await scanTopic(cluster.brokers, topic, (record) => check.visit(record));
    return enduranceResult({ client, seconds, maxBytes, run, mostDiskBytes: disk.most, check });
  } finally {
    disk.end();
    await rm(directory, { recursive: true, force: true });
  }
}

function progress(say: (line: string) => void): (sample: Sample) => void {
  let saidAt = -Infinity;
  return ({ atMs, rssBytes, heapBytes, diskBytes, backlogRecords, sent }) => {
    if (atMs - saidAt < progressMs) return;
    saidAt = atMs;
    const memory = `${Math.round(rssBytes / mebi)} MiB of memory (heap ${Math.round(heapBytes / mebi)})`;
    say(
      `  ${sent} sent, ${backlogRecords} waiting on ${Math.round(diskBytes / mebi)} MiB of disk; ${memory}`,
    );
  };
}

/** Measures the files themselves, whatever the journal reports. */
class DiskWatch {
  most = 0;
  private readonly stop = new AbortController();

  constructor(private readonly directory: string) {
    this.watch().catch(() => undefined); // ended
  }

  end(): void {
    this.stop.abort();
  }

  private async watch(): Promise<void> {
    for (;;) {
      await sleep(lookMs, undefined, { signal: this.stop.signal });
      const names = await readdir(this.directory).catch(() => []);
      const sizes = await Promise.all(names.map((name) => sizeOf(join(this.directory, name))));
      this.most = Math.max(
        this.most,
        sizes.reduce((sum, bytes) => sum + bytes, 0),
      );
    }
  }
}

/** A file may disappear while it is being measured. */
const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
