import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import type { Choices } from './arguments.js';
import type { Act, Scene } from './names.js';
import type { Narrator } from './report/narrator.js';
import { playScene } from './scene.js';
import { UsageError } from '@holdfast/kafka/command-line';
import type { Result } from './verdict/result.js';

type Heard = (results: readonly Result[], cluster: KafkaCluster) => void;

/** Plays every scene. Calls `heard` with the results of each as they come. */
export async function playAll(
  choices: Choices,
  narrator: Narrator,
  signal: AbortSignal,
  heard: Heard,
): Promise<Result[]> {
  refuseForeignBrokers();
  const results: Result[] = [];
  const collect: Heard = (some, cluster) => {
    results.push(...some);
    heard(some, cluster);
  };
  const open = choices.acts.filter((act) => !isSecure(act));
  if (open.length > 0) {
    narrator.say('starting three brokers');
    await using cluster = await startKafka({ brokers: 3, log: narrator.say });
    const scenes = scenesOn(cluster, { ...choices, acts: open }, narrator);
    await play(scenes, { ...choices, cluster, narrator, signal }, collect);
    if (cluster.kind !== 'java' && choices.acts.some(isSecure)) {
      narrator.say(
        'NO JAVA: the act `dead-letters` is left out, as it needs brokers with users. Install Java 17.',
      );
      return results;
    }
  }
  if (choices.acts.some(isSecure)) {
    narrator.say('starting a broker with TLS, users and permissions');
    await using cluster = await startKafka({ brokers: 1, secure: true, log: narrator.say });
    const scenes = scenesOn(cluster, { ...choices, acts: choices.acts.filter(isSecure) }, narrator);
    await play(scenes, { ...choices, cluster, narrator, signal }, collect);
  }
  return results;
}

/** Forbidding a topic takes a cluster that knows its users. */
const isSecure = (act: Act): boolean => act === 'dead-letters';

async function play(
  scenes: readonly Scene[],
  around: Parameters<typeof playScene>[1],
  heard: Heard,
): Promise<void> {
  const { cluster, narrator, signal } = around;
  for (const scene of scenes) {
    signal.throwIfAborted();
    narrator.say(`--- ${scene.client}, ${scene.act} ---`);
    heard(await playScene(scene, around), cluster);
  }
}

function refuseForeignBrokers(): void {
  if ((process.env['KAFKA_BROKERS'] ?? '') === '') return;
  throw new UsageError(
    'KAFKA_BROKERS names a cluster of your own, and the demo kills brokers: unset it, and the demo starts its own',
  );
}

/** Returns the acts that this cluster can play. Throws a {@link UsageError} when there are none. */
function scenesOn(
  { kind }: KafkaCluster,
  { clients, acts }: Pick<Choices, 'clients' | 'acts'>,
  { say }: Narrator,
): Scene[] {
  if (kind !== 'mock') return clients.flatMap((client) => acts.map((act) => ({ client, act })));
  say(
    "NO REAL KAFKA: this is librdkafka's mock cluster. It runs in one process, which is killed and paused as a whole, and",
  );
  say(
    'forgets its records when it dies. Only the act `pause` can be played, and it proves less. Install Java 17.',
  );
  if (acts.includes('pause')) return clients.map((client) => ({ client, act: 'pause' }));
  throw new UsageError(
    `the acts ${acts.join(' and ')} need real Kafka: install Java 17 and Maven, or Docker`,
  );
}
