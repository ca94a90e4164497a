import { rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaCluster } from '@holdfast/kafka';
import { downMarkOf } from '../victim/file-adapter.js';

/** How long a broker stays paused or dead. */
const troubleMs = { least: 800, most: 3_500 };

/** Something that can go away and come back. */
export interface Breakable {
  readonly breakOne: (
    random: () => number,
  ) => Promise<{ readonly what: string; readonly mend: () => Promise<void> }>;
}

/**
 * Kills (with -9) or pauses one broker after the other, so that there is a backlog when the process
 * is killed.
 */
export class BrokerTroubles {
  count = 0;
  private readonly stop = new AbortController();
  private readonly ended: Promise<void>;

  /** `everyMs`: the mean time between two; `Infinity` for none. */
  constructor(
    private readonly target: Breakable,
    private readonly everyMs: number,
    private readonly random: () => number,
    private readonly say: (line: string) => void,
  ) {
    this.ended = everyMs === Infinity ? Promise.resolve() : this.run();
    this.ended.catch(() => undefined); // `end` reports the error
  }

  /** Resolves when all brokers are healthy again. */
  async end(): Promise<void> {
    this.stop.abort();
    await this.ended;
  }

  private async run(): Promise<void> {
    const { random, stop } = this;
    for (;;) {
      if (!(await this.waits(2 * this.everyMs * random()))) return;
      const { what, mend } = await this.target.breakOne(random);
      this.count++;
      this.say(what);
      await this.waits(troubleMs.least + random() * (troubleMs.most - troubleMs.least));
      await mend();
      if (stop.signal.aborted) return;
    }
  }

  /** Returns false when it was ended meanwhile. */
  private async waits(ms: number): Promise<boolean> {
    const { signal } = this.stop;
    await sleep(ms, undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
  }
}

export const breakable = (cluster: KafkaCluster): Breakable => ({
  async breakOne(random) {
    const id = 1 + Math.floor(random() * cluster.size);
    if (random() < 0.6) {
      await cluster.pause(id);
      return { what: `SIGSTOP to broker ${id}`, mend: () => cluster.resume(id) };
    }
    await cluster.kill(id);
    const mend = async (): Promise<void> => {
      await cluster.start(id);
      await cluster.ready();
    };
    return { what: `kill -9 broker ${id}`, mend };
  },
});

/** The file that stands in for Kafka. */
export const breakableFile = (path: string): Breakable => ({
  async breakOne() {
    await writeFile(downMarkOf(path), '');
    return { what: 'the file is down', mend: () => rm(downMarkOf(path), { force: true }) };
  },
});
