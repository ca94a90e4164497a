import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import type { Choices } from './arguments.js';
import type { Act, Client } from './names.js';
import type { Narrator } from './report/narrator.js';
import { playScene } from './scene.js';
import { UsageError } from './usage-error.js';
import type { Result } from './verdict/result.js';

/** Plays every scene on one cluster; `heard` hears of the results of each as they come. */
export async function playAll(
  choices: Choices,
  narrator: Narrator,
  signal: AbortSignal,
  heard: (results: readonly Result[], cluster: KafkaCluster) => void,
): Promise<Result[]> {
  refuseForeignBrokers();
  narrator.say('starting three brokers');
  await using cluster = await startKafka({ brokers: 3, log: narrator.say });
  signal.throwIfAborted();
  const scenes = scenesOn(cluster, choices, narrator);
  const { full, rate, records } = choices;
  const results: Result[] = [];
  for (const [client, act] of scenes) {
    narrator.say(`--- ${client}, ${act} ---`);
    const ofScene = await playScene({ client, act, full, rate, records }, { cluster, narrator, signal });
    results.push(...ofScene);
    heard(ofScene, cluster);
  }
  return results;
}

function refuseForeignBrokers(): void {
  if ((process.env['KAFKA_BROKERS'] ?? '') === '') return;
  throw new UsageError(
    'KAFKA_BROKERS names a cluster of your own, and the demo kills brokers: unset it, and the demo starts its own',
  );
}

/** What can be played on this cluster. Throws a {@link UsageError} when that is nothing. */
function scenesOn({ kind }: KafkaCluster, { clients, acts }: Choices, { say }: Narrator): Scene[] {
  if (kind !== 'mock') return clients.flatMap((client) => acts.map((act) => [client, act] as const));
  say(
    "NO REAL KAFKA: this is librdkafka's mock cluster, in one process that dies and stands still as a whole and",
  );
  say(
    'forgets its records when it dies. Only the act `pause` can be played, and it proves less. Install Java 17.',
  );
  if (acts.includes('pause')) return clients.map((client) => [client, 'pause'] as const);
  throw new UsageError(
    `the acts ${acts.join(' and ')} need real Kafka: install Java 17 and Maven, or Docker`,
  );
}

type Scene = readonly [Client, Act];
