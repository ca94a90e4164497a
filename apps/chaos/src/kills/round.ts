import { seededRandom, type Violation } from '@holdfast/testing';
import { judge, type Verdict } from '../verdict/judge.js';
import { BrokerTroubles } from './broker-troubles.js';
import { Lives, type LivesOptions } from './lives.js';
import { Moments, type MomentName } from './moment.js';
import type { RoundPlan } from './plan.js';

export interface RoundOptions extends LivesOptions {
  /** Mean time between failures of brokers; `Infinity` for none. */
  readonly troubleEveryMs: number;
  /** Throws the journal's segments away after every fifth kill: the check must find the loss. */
  readonly sabotage: boolean;
  readonly say: (line: string) => void;
}

export interface RoundResult {
  readonly plan: RoundPlan;
  readonly verdict: Verdict;
  readonly kills: { readonly [name in MomentName]?: number };
  /** Kills before the journal was open, while it may have held something to recover. */
  readonly killedRecoveries: number;
  readonly brokerTroubles: number;
  readonly seconds: number;
}

const progressKills = 10;
const sabotageKills = 5;

/** Kills one life after the other, lets the last one drain the journal, and checks the topic. */
export async function playRound(options: RoundOptions): Promise<RoundResult> {
  const { plan, target } = options;
  const began = performance.now();
  const random = seededRandom(plan.seed);
  const lives = new Lives(options, random);
  const brokerTroubles = await killAll(lives, new Moments(random), options);
  await target.ready();
  await lives.drain();
  const { topic } = target;
  const verdict = judge({ topic, lives: lives.ledgers, found: await target.read(), seed: plan.seed });
  const violations: Violation[] = [...lives.violations, ...verdict.violations];
  return {
    plan,
    verdict: { ...verdict, violations },
    kills: Object.fromEntries(lives.kills),
    killedRecoveries: lives.killedRecoveries,
    brokerTroubles,
    seconds: (performance.now() - began) / 1_000,
  };
}

/** Resolves with the number of broker failures meanwhile, once the brokers are healthy again. */
async function killAll(lives: Lives, moments: Moments, options: RoundOptions): Promise<number> {
  const { plan, target, troubleEveryMs, sabotage, say } = options;
  const troubles = new BrokerTroubles(target.breakable, troubleEveryMs, seededRandom(plan.seed + 1), say);
  try {
    for (let kill = 1; kill <= plan.kills; kill++) {
      await lives.kill(moments.next());
      if (sabotage && kill % sabotageKills === 0) await lives.throwAway();
      if (kill % progressKills === 0) say(`  ${kill} of ${plan.kills} kills, ${lives.sent} sent`);
    }
  } finally {
    await troubles.end();
  }
  return troubles.count;
}
