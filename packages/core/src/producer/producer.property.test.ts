import {
  checkSeeds,
  fakeClock,
  randomScript,
  recordingLogger,
  scriptedAdapter,
  seededRandom,
} from '@holdfast/testing';
import { expect, it } from 'vitest';
import { chaoticStage } from '../chain/chaotic-stage.fixture.js';
import { createProducer, type Producer } from './producer.js';
import { order } from './producer.fixture.js';

/** I5: nothing appears and nothing vanishes. */
function expectConserved(producer: Producer<string, string>): void {
  const { sent, delivered, deadLettered, accepted, failed, unknown, held } = producer.stats();
  expect(delivered + deadLettered + accepted + failed + unknown + held).toBe(sent);
  expect(held).toBeGreaterThanOrEqual(0);
}

/**
 * Sends in every way, through stages that do as drawn; looks at every instant a user can, and into
 * the topic at the end.
 */
async function run(seed: number, wrong: boolean): Promise<void> {
  const random = seededRandom(seed);
  const clock = fakeClock();
  const look = (): void => expectConserved(producer);
  const adapter = scriptedAdapter({
    clock,
    script: randomScript({ seed, rejected: 0.05, hangs: 0.02, throws: wrong ? 0.05 : 0 }),
  });
  const producer: Producer<string, string> = await createProducer<string, string>({
    adapter,
    use: [
      chaoticStage('a', random, wrong),
      chaoticStage('b', random, wrong),
      chaoticStage('c', random, wrong),
    ],
    env: { clock, random, logger: recordingLogger() },
    leakDetection: random() < 0.5,
    deliveryTimeoutMs: 60,
    maxBlockMs: 30,
    serializers: {
      value: (value) => {
        look();
        if (random() < 0.1) throw new Error('drawn');
        return random() < 0.2
          ? new Promise((resolve, reject) =>
              clock.after(random() * 40, () =>
                random() < 0.2 ? reject(new Error('drawn')) : resolve(value),
              ),
            )
          : value;
      },
    },
    onUndeliverable: look,
  });
  for (const event of ['failed', 'delivered', 'attempt', 'violation', 'closed'] as const)
    producer.on(event, look);

  const neverWritten: string[] = [];
  producer.on('failed', ({ record: { value }, outcome }) => {
    if (outcome.status === 'failed' && value !== null) neverWritten.push(Buffer.from(value).toString());
  });
  const places = new Set<string>();
  producer.on('delivered', ({ outcomes }) => {
    for (const { partition, offset } of outcomes) places.add(`${partition}/${offset}`);
  });

  const heard = new Map<string, number>();
  const hear = (name: string): void => {
    heard.set(name, (heard.get(name) ?? 0) + 1);
    look();
  };
  const expected: string[] = [];
  const record = (name: string): ReturnType<typeof order> =>
    random() < 0.05 ? { topic: '', key: null, value: name } : order(name, `k${Math.floor(random() * 3)}`);
  const ways: ((name: string) => void)[] = [
    (name) =>
      void producer.send(record(name)).then(
        () => hear(name),
        () => hear(name),
      ),
    (name) => producer.send(record(name), () => hear(name)),
    (name) =>
      void producer.sendBatch(['x', 'y', 'z'].map((part) => record(`${name}${part}`))).then((outcomes) => {
        expect(outcomes).toHaveLength(3);
        hear(name);
      }),
    (name) => hear(producer.fireAndForget(record(name)) ? name : name),
  ];
  for (let i = 0; i < 60; i++) {
    const name = `${i}`;
    expected.push(name);
    ways[Math.floor(random() * ways.length)]?.(name);
    look();
    if (random() < 0.4) await clock.advance(random() * 10);
    look();
  }
  const closed = producer.close({ timeoutMs: 200 }).finally(look);
  await clock.advance(10_000);
  await closed;
  await clock.runAll();
  expectConserved(producer);
  expect(producer.stats().held).toBe(0);
  const written = new Set(adapter.log.values());
  expect(neverWritten.filter((value) => written.has(value))).toEqual([]);
  expect(places.size).toBe(producer.stats().delivered);
  for (const place of places) {
    const [partition, offset] = place.split('/').map(Number);
    expect(adapter.log.partition('orders', partition ?? -1)[offset ?? -1]).toBeDefined();
  }
  expect([...heard].sort()).toEqual(expected.map((name): [string, number] => [name, 1]).sort());
}

it.each([
  ['that keep the contract', false],
  ['that break it', true],
])(
  'conserves every record at every instant and tells each caller once, over stages %s',
  async (_stages, wrong) => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      await checkSeeds((seed) => run(seed, wrong), { runs: 60 });
    } finally {
      process.off('unhandledRejection', note);
    }
    expect(unhandled).toEqual([]);
  },
);
