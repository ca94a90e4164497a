import { buffer } from '@holdfast/buffer';
import { createProducer, type Producer } from '@holdfast/core';
import { metrics, type TracesOptions } from '@holdfast/metrics';
import { retry } from '@holdfast/retry';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { collectGarbage, timed, type Sample } from '../../measure/sample.js';
import type { CaseContext, Prepared } from '../bench-case.js';
import { makeRecords, type BenchRecord } from '../clients/records.js';
import { BenchTopic } from '../clients/topic.js';
import { registerSdk } from './sdk.js';

export type ClientName = 'kafkajs' | 'confluent';
export type Manner = 'in-a-request' | 'same-header' | 'sampled-only' | 'roots';

const sampledShare = 0.01;
const valueBytes = 1_024;
/** Records in flight: a number that suits both clients. */
const mostOut = 2_000;
/** Sent by one request. */
const together = 10;

/**
 * Both sides have the SDK and its metrics, and the spans of the requests; ours also has those of
 * its records.
 */
export async function prepareTraces(
  client: ClientName,
  manner: Manner,
  { brokers, topic, records: count }: CaseContext,
): Promise<Prepared> {
  registerSdk(sampledShare);
  const { adapter } = await (client === 'kafkajs'
    ? import('../clients/kafkajs.js')
    : import('../clients/confluent.js'));
  const open = (traces: false | TracesOptions): Promise<Producer> =>
    createProducer({
      adapter: adapter(brokers),
      use: [metrics({ traces }), buffer(), retry()],
      requireBroker: true,
    });
  const ours = await open(manner === 'sampled-only' ? { propagate: 'sampled' } : {});
  const raw = await open(false);
  const written = await BenchTopic.open(brokers, topic);
  const records = makeRecords(topic, count, valueBytes);
  const headers = { traceparent: `00-${'0a'.repeat(16)}-${'0b'.repeat(8)}-00` };
  const others = manner === 'same-header' ? records.map((record) => ({ ...record, headers })) : records;
  const run = async (producer: Producer, sent: readonly BenchRecord[]): Promise<Sample> => {
    const before = await written.written();
    collectGarbage();
    const timing = await timed(count, () => sendAll(producer, sent, manner));
    const arrived = (await written.written()) - before;
    if (arrived !== count) throw new Error(`${arrived} records are in the topic, but ${count} were sent`);
    return { value: timing.cpuNs, timing };
  };
  return {
    ours: () => run(ours, records),
    raw: () => run(raw, others),
    details: { client, manner, sampledShare, valueBytes, together },
    close: async () => {
      await ours.close();
      await raw.close();
      await written.remove();
    },
  };
}

async function sendAll(producer: Producer, records: readonly BenchRecord[], manner: Manner): Promise<void> {
  const application = trace.getTracer('bench');
  const room = new Room(mostOut);
  for (let at = 0; at < records.length; at += together) {
    await room.wait();
    const send = (): void => {
      for (const record of records.slice(at, at + together)) producer.send(record, room.enter());
    };
    if (manner === 'roots') send();
    else {
      const request = application.startSpan('request', {}, ROOT_CONTEXT);
      context.with(trace.setSpan(ROOT_CONTEXT, request), send);
      request.end();
    }
  }
  await room.empty();
}

/** The number of records in flight, and a wait for room among them. */
class Room {
  private out = 0;
  private goal = 0;
  private reached: (() => void) | undefined;
  private error: Error | undefined;

  constructor(private readonly most: number) {}

  enter(): (error: Error | null) => void {
    this.out++;
    return this.left;
  }

  async wait(): Promise<void> {
    if (this.out >= this.most) await this.until(this.most / 2);
  }

  async empty(): Promise<void> {
    if (this.out > 0) await this.until(0);
    if (this.error !== undefined) throw this.error;
  }

  private readonly left = (error: Error | null): void => {
    this.out--;
    this.error ??= error ?? undefined;
    if (this.out <= this.goal) this.reached?.();
  };

  private until(goal: number): Promise<void> {
    this.goal = goal;
    return new Promise((resolve) => {
      this.reached = resolve;
    });
  }
}
