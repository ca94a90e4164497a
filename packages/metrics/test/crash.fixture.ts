import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** A span as the child process reports it. */
export interface ToldSpan {
  readonly name: string;
  /** `traceId-spanId`, as in the header `traceparent`. */
  readonly id: string;
  readonly links: readonly string[];
  readonly errorType?: string;
}

export interface LifeOptions {
  readonly client: 'kafkajs' | 'confluent';
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly directory: string;
  /** The values to send. Without any, it sends what is in the journal. */
  readonly values: readonly string[];
}

/**
 * One run of a process with a journal and an SDK. It uses the build of the packages, as users do.
 */
export class Life {
  /** Resolves when everything has its outcome, with the spans that have ended by then. */
  readonly done: Promise<readonly ToldSpan[]>;
  readonly ended: Promise<NodeJS.Signals | number | null>;
  private readonly child: ChildProcess;

  constructor(options: LifeOptions) {
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', program, '--', JSON.stringify(options)],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.child = child;
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
    this.ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)));
    this.done = new Promise((resolve, reject) => {
      createInterface(child.stdout).on('line', (line) => {
        const told: unknown = JSON.parse(line);
        if (areSpans(told)) resolve(told);
      });
      void this.ended.then((end) => reject(new Error(`the child ended with ${end}: ${words}`)));
    });
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

const areSpans = (told: unknown): told is ToldSpan[] =>
  Array.isArray(told) &&
  told.every((one: unknown) => typeof one === 'object' && one !== null && 'links' in one);

const program = `
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { buffer } from '@holdfast/buffer';
import { createProducer } from '@holdfast/core';
import { journal } from '@holdfast/journal';
import { metrics } from '@holdfast/metrics';
import { retry } from '@holdfast/retry';

const { client, brokers, topic, directory, values } = JSON.parse(process.argv.at(-1));
const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(
  new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
);
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));

async function adapter() {
  if (client === 'kafkajs') return (await import('@holdfast/adapter-kafkajs')).kafkajsAdapter({ brokers });
  const { confluentAdapter } = await import('@holdfast/adapter-confluent');
  return confluentAdapter({ 'bootstrap.servers': brokers.join(',') });
}

const producer = await createProducer({
  adapter: await adapter(),
  use: [metrics(), journal({ directory, acknowledge: 'journaled' }), buffer(), retry()],
  onUndeliverable: () => process.exit(1),
});
const request = trace.getTracer('application').startSpan('request', {}, ROOT_CONTEXT);
const baggage = propagation.createBaggage({ tenant: { value: 'blue' } });
await context.with(propagation.setBaggage(trace.setSpan(ROOT_CONTEXT, request), baggage), () =>
  Promise.all(values.map((value) => producer.send({ topic, key: value, value }))),
);
request.end();
const inJournal = () => producer.stats().stages.journal.backlogRecords + producer.stats().stages.journal.inFlightRecords;
while (values.length === 0 && inJournal() > 0) await new Promise((resolve) => setTimeout(resolve, 50));

const idOf = ({ traceId, spanId }) => traceId + '-' + spanId;
const told = exporter.getFinishedSpans().map((span) => ({
  name: span.name,
  id: idOf(span.spanContext()),
  links: span.links.map((link) => idOf(link.context)),
  errorType: span.attributes['error.type'],
}));
console.log(JSON.stringify(told));
if (values.length === 0) await producer.close();
else setInterval(() => undefined, 1_000);
`;
