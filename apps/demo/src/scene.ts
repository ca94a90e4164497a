import type { KafkaCluster } from '@holdfast/kafka';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { plays, type Stage } from './acts/act.js';
import { chains, type Act, type Chain, type Client } from './names.js';
import { readBack } from './reader/read-back.js';
import { progressLines } from './report/progress.js';
import type { Narrator } from './report/narrator.js';
import type { ServiceSettings } from './service/messages.js';
import { Services } from './services.js';
import { beforeMs, timingOf } from './timing.js';
import { judge } from './verdict/verdict.js';
import type { Result } from './verdict/result.js';

/** Two for each broker to lead; the mock cluster makes topics with four, and no others. */
const partitionsOf = ({ kind }: KafkaCluster): number => (kind === 'mock' ? 4 : 6);

/** One act over one client. */
export interface Scene {
  readonly client: Client;
  readonly act: Act;
  readonly full: boolean;
  /** Records a second, for each chain. */
  readonly rate: number;
  readonly records: number | undefined;
}

export interface Surroundings {
  readonly cluster: KafkaCluster;
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
}

/** Both chains at once, each with its own process and topic; the results, plain first. */
export async function playScene(scene: Scene, around: Surroundings): Promise<Result[]> {
  const { cluster, narrator, signal } = around;
  const disks = await mkdtemp(join(tmpdir(), 'holdfast-demo-'));
  const stage = await prepareStage(scene, around, disks);
  const { services } = stage;
  const progress = (): string[] => progressLines(cluster.status(), services.progress);
  const stopWatching = narrator.watch(progress);
  try {
    await unlessAborted(signal, services.start());
    await unlessAborted(signal, Promise.race([perform(scene, stage), services.died]));
    narrator.say('the stream has ended; waiting for the last answers');
    const ledgers = await unlessAborted(signal, services.ended());
    narrator.say(progress().join(' | '));
    return await readResults(scene, stage, ledgers);
  } finally {
    stopWatching();
    services.kill();
    await rm(disks, { recursive: true, force: true });
  }
}

async function prepareStage(scene: Scene, around: Surroundings, disks: string): Promise<Stage> {
  const { client, act, full, rate, records } = scene;
  const { cluster, narrator, signal } = around;
  const topicOf = (chain: Chain): string => `demo-${client}-${act}-${chain}`;
  const topics = { plain: topicOf('plain'), holdfast: topicOf('holdfast') };
  const partitions = partitionsOf(cluster);
  for (const topic of Object.values(topics)) await cluster.createTopic(topic, { partitions });
  const timing = timingOf(full);
  const settingsOf = (chain: Chain): ServiceSettings => ({
    ...{ client, chain, rate, records, brokers: cluster.brokers, topic: topics[chain] },
    requestTimeoutMs: act === 'pause' ? timing.requestTimeoutMs : undefined,
    disk:
      act === 'kill'
        ? { notes: join(disks, `${chain}.notes`), outbox: join(disks, `${chain}.outbox`) }
        : undefined,
  });
  const services = new Services({ plain: settingsOf('plain'), holdfast: settingsOf('holdfast') });
  return { cluster, topics, services, timing, signal, say: narrator.say };
}

/** The stream, and in its midst the act. */
async function perform(scene: Scene, stage: Stage): Promise<void> {
  const { timing, signal, services } = stage;
  const { rate, records } = scene;
  services.go();
  await sleep(beforeMs(timing, rate, records), undefined, { signal });
  await plays[scene.act](stage);
  await sleep(timing.afterMs, undefined, { signal });
  // A little ahead of both, so that both can still stop there: the same number of records for each.
  const { plain, holdfast } = services.progress;
  services.stopAt(Math.max(plain.sent, holdfast.sent) + rate);
}

async function readResults(
  { client, act }: Scene,
  { cluster, topics, signal, say }: Stage,
  ledgers: { readonly [chain in Chain]: Parameters<typeof judge>[0] },
): Promise<Result[]> {
  say('reading both topics back');
  return Promise.all(
    chains.map(async (chain) => {
      const { errors, uncaught } = ledgers[chain];
      const log = await readBack(topics[chain], cluster.brokers, signal);
      return { client, chain, act, ...judge(ledgers[chain], log), errors, uncaught };
    }),
  );
}

function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('interrupted'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
