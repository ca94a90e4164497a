/** The process of one service: a stream of records through one chain. Started by `ServiceProcess`, talks over IPC. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Book } from './book.js';
import { holdfast } from './holdfast.js';
import { isOrder, type Report, type ServiceSettings } from './messages.js';
import type { Sender } from './sender.js';
import { Stream } from './stream.js';

const progressMs = 100;
/** Over Holdfast's `deliveryTimeoutMs` of 120 s: until then every promise has to have ended. */
const answerTimeoutMs = 150_000;
const closeTimeoutMs = 20_000;

let book = new Book();
let stream: Stream | undefined;

process.on('SIGINT', () => undefined); // Ctrl-C reaches the whole group; the demo says when this process ends
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
    book = new Book(settings.disk?.notes);
    const isRestarted = book.before > 0;
    const sender = await makeSender(settings);
    const ready = new Stream(sender, book, settings.rate, settings.records);
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

async function makeSender({ disk, ...given }: ServiceSettings): Promise<Sender> {
  const settings = { ...given, outbox: disk?.outbox };
  const { before } = book;
  if (settings.chain === 'holdfast') {
    return holdfast(settings.client, settings, {
      // Sent again after a start: perhaps it is in the topic already.
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
  const timer = setInterval(() => report({ type: 'progress', progress: book.progress() }), progressMs);
  await running.run();
  const deadline = performance.now() + answerTimeoutMs;
  while (book.unanswered > 0 && performance.now() < deadline) await sleep(progressMs);
  await Promise.race([
    sender.close().catch((error: unknown) => book.nobodyCaught(error)),
    sleep(closeTimeoutMs, undefined, { ref: false }),
  ]);
  clearInterval(timer);
  report({ type: 'progress', progress: book.progress() });
  report({ type: 'ended', ledger: book.ledger() });
}

function report(message: Report): void {
  process.send?.(message);
}
