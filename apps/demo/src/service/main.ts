/**
 * The process of one service: a stream of records through one chain. `ServiceProcess` starts it,
 * and talks to it over IPC.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { mixedRecords } from '../mixed-records.js';
import { smallRecords } from '../records.js';
import { ConservationWatch, type Terms } from '../verdict/conservation.js';
import { Book } from './book.js';
import { holdfast } from './holdfast.js';
import { serveMetrics } from './serve-metrics.js';
import { isOrder, type Report, type ServiceSettings } from './messages.js';
import type { Sender } from './sender.js';
import { Stream, type StreamSettings } from './stream.js';

const progressMs = 100;
/** Above Holdfast's `deliveryTimeoutMs` of 120 s: until then every promise has to settle. */
const answerTimeoutMs = 150_000;
const closeTimeoutMs = 20_000;
/** Concurrent orders of a service in the way `synchronous`. */
const callers = 100;

let book = new Book();
let stream: Stream | undefined;
const watch = new ConservationWatch();

process.on('SIGINT', () => undefined); // Ctrl-C reaches the whole process group; the demo decides when this process ends.
process.on('disconnect', () => process.exit(1));
process.on('uncaughtException', (error) => book.nobodyCaught(error));
process.on('unhandledRejection', (reason) => book.nobodyCaught(reason));
process.on('message', (message) => {
  if (!isOrder(message)) return;
  if (message.type === 'settings') void prepare(message.settings);
  else if (message.type === 'stopAt') stream?.stopAt(message.records);
});

async function prepare(settings: ServiceSettings): Promise<void> {
  try {
    book = new Book({ path: settings.disk?.notes, answers: settings.way !== 'fire-and-forget' });
    const isRestarted = book.before > 0;
    const sender = await makeSender(settings);
    const ready = new Stream(sender, book, streamOf(settings));
    stream = ready;
    if (!isRestarted) await ready.warmUp();
    process.on('message', (message) => {
      if (isOrder(message) && message.type === 'go') void run(ready, sender);
    });
    report({ type: 'ready' });
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}

const streamOf = ({ mix, topic, rate, records, way }: ServiceSettings): StreamSettings => ({
  ...{ rate, records },
  catalogue: mix === undefined ? smallRecords(topic) : mixedRecords(mix),
  callers: way === 'synchronous' ? callers : undefined,
});

async function makeSender({ disk, ...given }: ServiceSettings): Promise<Sender> {
  const settings = { ...given, outbox: disk?.outbox };
  const { before } = book;
  if (settings.chain === 'holdfast') {
    // Before there is a producer: metrics go to the provider that is registered then.
    if (given.metricsPort !== undefined) await serveMetrics(given.metricsPort);
    return holdfast(settings.client, settings, {
      // Sent again after a start: the record may already be in the topic.
      goesDown: (n) => {
        if (n < before) book.wasUnknown(n);
      },
      unknown: (n) => book.wasUnknown(n),
      violation: (message) => book.nobodyCaught(message),
    });
  }
  if (settings.client === 'kafkajs') return (await import('./plain-kafkajs.js')).plainKafkajs(settings);
  return (await import('./plain-confluent.js')).plainConfluent(settings);
}

async function run(running: Stream, sender: Sender): Promise<void> {
  const timer = setInterval(() => reportProgress(running, sender), progressMs);
  await running.run();
  const deadline = performance.now() + answerTimeoutMs;
  const isOver = (): boolean => book.unanswered === 0 && sender.onTheirWay() === 0;
  while (!isOver() && performance.now() < deadline) await sleep(progressMs);
  await Promise.race([
    sender.close().catch((error: unknown) => book.nobodyCaught(error)),
    sleep(closeTimeoutMs, undefined, { ref: false }),
  ]);
  clearInterval(timer);
  const terms = reportProgress(running, sender);
  const conservation = terms === undefined ? undefined : watch.report(terms);
  report({ type: 'ended', ledger: { ...book.ledger(), conservation } });
}

/** Checks the sum each time: conservation has to hold at every instant. */
function reportProgress({ arrived }: Stream, sender: Sender): Terms | undefined {
  const noted = book.noted();
  const terms = sender.terms?.();
  if (terms !== undefined) watch.look(terms, book.counted());
  report({ type: 'progress', progress: { ...noted, arrived, onTheirWay: sender.onTheirWay(), terms } });
  return terms;
}

function report(message: Report): void {
  process.send?.(message);
}
