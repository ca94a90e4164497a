import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createProducer, silentLogger, type Producer } from '@holdfast/core';
import { attemptTap, HistoryChecker, type FoundRecord } from '@holdfast/testing';
import { recommended } from 'holdfast';
import { recordOf } from '../records.js';
import { adapterOf } from '../victim/adapter.js';

export interface ChainSettings {
  readonly client: 'kafkajs' | 'confluent';
  readonly brokers: readonly string[];
  readonly topic: string;
  /** Of a journal; `undefined` for a chain without one. */
  readonly directory: string | undefined;
}

const rate = 500;
const tickMs = 10;
const flushTimeoutMs = 150_000;

/** `recommended()` with its defaults under load, and the history of its outcomes. */
export class OutageChain {
  readonly history = new HistoryChecker();
  /** The longest that a caller waited for an answer, in ms. */
  slowestMs = 0;
  private readonly over = new AbortController();
  private producer: Producer | undefined;
  private load: Promise<void> | undefined;

  constructor(readonly settings: ChainSettings) {}

  /** Opens the producer and starts to send. */
  async start(): Promise<void> {
    const { directory } = this.settings;
    const producer = await createProducer({
      adapter: await adapterOf(this.settings, {}),
      use: [
        ...recommended(directory === undefined ? {} : { journal: { directory } }),
        attemptTap(this.history),
      ],
      env: { logger: silentLogger },
    });
    producer.on('violation', ({ stage, message }) => this.history.note('I6', `${stage}: ${message}`));
    this.producer = producer;
    this.load = this.send(producer);
  }

  /** Ends the load, and waits until Kafka has everything. */
  async end(): Promise<void> {
    const { producer, history } = this;
    if (producer === undefined) return;
    this.over.abort();
    await this.load;
    await producer.flush({ timeoutMs: flushTimeoutMs }).catch((error: unknown) => {
      history.note('I6', `flush: ${String(error)}`);
    });
    history.conserved(producer.stats());
    const { kept } = await producer.close();
    if (kept > 0) history.note('I1', `${kept} records are still in the journal`);
  }

  judge(found: Iterable<FoundRecord>): void {
    this.history.found(found);
  }

  async cleanUp(): Promise<void> {
    const { directory } = this.settings;
    if (directory === undefined) return;
    for (const path of [directory, `${directory}.dead-letters`])
      await rm(path, { recursive: true, force: true });
  }

  private async send(producer: Producer): Promise<void> {
    const { topic } = this.settings;
    const began = performance.now();
    for (let sent = 0; !this.over.signal.aborted; await sleep(tickMs)) {
      const due = ((performance.now() - began) / 1_000) * rate;
      for (; sent < due; sent++) {
        const record = { topic, ...recordOf(sent) };
        const id = this.history.sent(record);
        const sentAt = performance.now();
        producer.send(record, (error, receipt) => {
          this.slowestMs = Math.max(this.slowestMs, performance.now() - sentAt);
          const status = error?.maybeWritten === true ? 'unknown' : 'failed';
          this.history.outcome(id, receipt ?? { status, error });
        });
      }
    }
  }
}
