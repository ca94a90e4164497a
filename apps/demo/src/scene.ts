import type { KafkaCluster } from '@holdfast/kafka';
import { setTimeout as sleep } from 'node:timers/promises';
import { plays, type Stage } from './acts/act.js';
import { chains, type Act, type Chain, type Client } from './names.js';
import { readBack } from './reader/read-back.js';
import { progressLines } from './report/progress.js';
import type { Narrator } from './report/narrator.js';
import { ServiceProcess } from './service/service-process.js';
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
  const { cluster, narrator } = around;
  const stage = await prepareStage(scene, around);
  const services = {
    plain: startService('plain', scene, stage),
    holdfast: startService('holdfast', scene, stage),
  };
  const both = Object.values(services);
  const progress = (): string[] =>
    progressLines(cluster.status(), { plain: services.plain.progress, holdfast: services.holdfast.progress });
  const stopWatching = narrator.watch(progress);
  try {
    await unlessAborted(around.signal, Promise.all(both.map(({ ready }) => ready)));
    await unlessAborted(around.signal, unlessOneDies(both, perform(scene, stage, both)));
    narrator.say('the stream has ended; waiting for the last answers');
    const [plain, holdfast] = await unlessAborted(
      around.signal,
      Promise.all([services.plain.ended, services.holdfast.ended]),
    );
    narrator.say(progress().join(' | '));
    return await readResults(scene, stage, { plain, holdfast });
  } finally {
    stopWatching();
    for (const service of both) service.kill();
  }
}

async function prepareStage({ client, act, full }: Scene, around: Surroundings): Promise<Stage> {
  const { cluster, narrator, signal } = around;
  const topicOf = (chain: Chain): string => `demo-${client}-${act}-${chain}`;
  const topics = { plain: topicOf('plain'), holdfast: topicOf('holdfast') };
  const partitions = partitionsOf(cluster);
  for (const topic of Object.values(topics)) await cluster.createTopic(topic, { partitions });
  return { cluster, topics, timing: timingOf(full), signal, say: narrator.say };
}

function startService(chain: Chain, scene: Scene, { cluster, topics, timing }: Stage): ServiceProcess {
  const { client, act, rate, records } = scene;
  return new ServiceProcess({
    ...{ client, chain, rate, records, brokers: cluster.brokers, topic: topics[chain] },
    requestTimeoutMs: act === 'pause' ? timing.requestTimeoutMs : undefined,
  });
}

/** The stream, and in its midst the act. */
async function perform(scene: Scene, stage: Stage, services: readonly ServiceProcess[]): Promise<void> {
  const { timing, signal } = stage;
  const { rate, records } = scene;
  for (const service of services) service.go();
  await sleep(beforeMs(timing, rate, records), undefined, { signal });
  await plays[scene.act](stage);
  await sleep(timing.afterMs, undefined, { signal });
  // A little ahead of both, so that both can still stop there: the same number of records for each.
  const sent = Math.max(...services.map(({ progress }) => progress.sent));
  for (const service of services) service.stopAt(sent + rate);
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

/** Rejects as soon as a service has ended too early. */
function unlessOneDies(services: readonly ServiceProcess[], performed: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    for (const { ended } of services) ended.catch(reject);
    performed.then(resolve, reject);
  });
}

function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('interrupted'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
