import type { Stage } from '../acts/act.js';
import { accessOf, type Role } from '../cast.js';
import type { Scene } from '../names.js';
import { catalogueOf, readRole } from '../read-role.js';
import { originalOf, readDeadLetterFiles } from '../reader/dead-letters.js';
import { readBack } from '../reader/read-back.js';
import type { ReadRecord } from '../reader/read-record.js';
import type { Ledger } from '../verdict/ledger.js';
import { numbersIn } from '../verdict/numbers-in.js';
import { resultOf, type Result } from '../verdict/result.js';
import { tallyOf, type Replayed } from '../verdict/tally.js';
import { judge } from '../verdict/verdict.js';
import { cure } from './cure.js';
import { replay } from './replay.js';

/**
 * Finds the records, removes the causes, replays the dead letters twice, and reads everything
 * again.
 */
export async function deadLetterResults(
  scene: Scene,
  stage: Stage,
  ledgers: readonly Ledger[],
): Promise<Result[]> {
  const { cluster, roles, say } = stage;
  say('reading the topics, the dead-letter topic and the dead-letter files');
  const before = await Promise.all(roles.map((role) => placesOf(stage, role)));
  say(
    'removing the causes: raising max.message.bytes, allowing the service to write to the forbidden topics',
  );
  const mixes = roles.flatMap(({ settings: { mix } }) => mix ?? []);
  await cure(accessOf(cluster, 'admin'), mixes, accessOf(cluster, 'allowed').login?.username ?? '');
  const replays = await Promise.all(roles.map((role) => replayTwice(scene, stage, role)));
  say('reading all topics again');
  return Promise.all(
    roles.map(async (role, at) => {
      const [ledger, places, replayed] = [ledgers[at], before[at], replays[at]];
      if (ledger === undefined || places === undefined) throw new Error('a service reported no results');
      const verdict = judge(ledger, await readRole(stage, role), catalogueOf(role));
      const { sent, unanswered } = verdict;
      const tally = tallyOf(ledger, { ...places, sent, unanswered }, replayed);
      return resultOf(scene, role, { ledger, verdict, tally });
    }),
  );
}

/** Counts where the records were before any replay. */
async function placesOf(
  stage: Stage,
  role: Role,
): Promise<{ readonly inTopic: number; readonly deadLettered: number }> {
  const catalogue = catalogueOf(role);
  const [own, letters] = await Promise.all([readRole(stage, role), lettersOf(stage, role)]);
  const inTopic = numbersIn(own, catalogue);
  const deadLettered = numbersIn(letters, catalogue);
  for (const n of inTopic) deadLettered.delete(n);
  return { inTopic: inTopic.size, deadLettered: deadLettered.size };
}

async function lettersOf({ cluster, signal }: Stage, { settings }: Role): Promise<ReadRecord[]> {
  const { deadLetters } = settings;
  if (deadLetters === undefined) return [];
  const { topic, directory } = deadLetters;
  const inTopic = await readBack({ topic, access: accessOf(cluster, 'admin') }, signal);
  return [...inTopic.map(originalOf), ...(await readDeadLetterFiles(directory))];
}

async function replayTwice(
  { client }: Scene,
  { cluster, signal, say }: Stage,
  { settings: { deadLetters } }: Role,
): Promise<Replayed | undefined> {
  if (deadLetters === undefined) return undefined;
  const [service, admin] = [accessOf(cluster, 'allowed'), accessOf(cluster, 'admin')];
  const asked = { client, service, admin, ...deadLetters };
  const first = await replay(asked, signal);
  say(`replayed ${first.file.replayed} records from files and ${first.topic.replayed} from the topic`);
  const second = await replay(asked, signal);
  const noticed = second.file.alreadyReplayed + second.topic.alreadyReplayed;
  const replayedAgain = second.file.replayed + second.topic.replayed;
  say(`a second replay sent ${replayedAgain}: it skipped ${noticed} that had been replayed`);
  return { replayed: first.file.replayed + first.topic.replayed, replayedAgain };
}
