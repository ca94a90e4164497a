import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Violation } from '@holdfast/testing';
import type { LedgerLine } from '../ledger/ledger-line.js';
import { readLedger } from '../ledger/read-ledger.js';
import type { VictimSettings } from '../victim/settings.js';
import { deathWords, VictimProcess, type Death } from '../victim/victim-process.js';
import type { Moment, MomentName } from './moment.js';
import type { RoundPlan } from './plan.js';
import type { Target } from './targets.js';

/** Kills a life whose disk call never comes. An answer comes once the brokers are back. */
const longestOpenMs = 2_500;
/**
 * For a process that hangs. On a busy machine a process needs seconds until its producer is open.
 */
const longestLifeMs = 60_000;
const drainTimeoutMs = 300_000;
const load = { kind: 'load', rate: 12_000, window: 1_000 } as const;

export interface LivesOptions {
  readonly plan: RoundPlan;
  readonly target: Target;
  /** For the journal and the ledgers; exists, and is empty. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** The lives that share one journal, one after the other. */
export class Lives {
  /** The ledger of each life. */
  readonly ledgers: LedgerLine[][] = [];
  readonly kills = new Map<MomentName, number>();
  /** Violations that no ledger records. */
  readonly violations: Violation[] = [];
  killedRecoveries = 0;
  /** The number of records sent, and so the number of the next record. */
  sent = 0;
  private mayHaveBacklog = false;

  constructor(
    private readonly options: LivesOptions,
    private readonly random: () => number,
  ) {}

  async kill(moment: Moment): Promise<void> {
    const victim = new VictimProcess(this.settingsFor(moment));
    const death = await this.unlessAborted(victim, endAt(victim, moment));
    await this.note(death, moment.name);
  }

  /** Runs the last life, which sends everything that the others left. */
  async drain(): Promise<void> {
    const victim = new VictimProcess({ ...this.settings(), work: { kind: 'drain' } });
    const timer = setTimeout(() => victim.kill(), drainTimeoutMs);
    const death = await this.unlessAborted(victim, victim.dead);
    clearTimeout(timer);
    this.ledgers.push(await readLedger(this.ledgerPath));
    if (death.code !== 0) this.blame(`the last start did not drain the journal (${deathWords(death)})`);
  }

  async throwAway(): Promise<void> {
    const names = await readdir(this.journalDirectory);
    const segments = names.filter((name) => name.endsWith('.segment'));
    for (const name of segments) await unlink(join(this.journalDirectory, name));
  }

  /** An interruption ends the life at once, and then the whole run. */
  private async unlessAborted(victim: VictimProcess, dead: Promise<Death>): Promise<Death> {
    const { signal } = this.options;
    const abort = (): void => victim.kill();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    const death = await dead;
    signal.removeEventListener('abort', abort);
    signal.throwIfAborted();
    return death;
  }

  private async note(death: Death, name: MomentName): Promise<void> {
    const life = await readLedger(this.ledgerPath);
    this.ledgers.push(life);
    for (const line of life) if (line.is === 'sent') this.sent = line.first + line.count;
    const isRecovering = death.after === undefined || death.after === 'opening';
    if (isRecovering && this.mayHaveBacklog) this.killedRecoveries++;
    if (!isRecovering) this.mayHaveBacklog = death.after !== 'closed';
    if (death.signal === 'SIGKILL') this.kills.set(name, (this.kills.get(name) ?? 0) + 1);
    // A life to be killed while it closes may close first.
    else if (death.code !== 0 || death.after !== 'closed')
      this.blame(`a life ended by itself (${deathWords(death)})`);
  }

  private blame(message: string): void {
    this.violations.push({ invariant: 'I10', message });
  }

  private settingsFor(moment: Moment): VictimSettings {
    const forMs = moment.name === 'close' ? 50 + this.random() * 200 : undefined;
    return {
      ...this.settings(),
      work: forMs === undefined ? load : { ...load, forMs },
      ...(moment.kind === 'disk' ? { fault: moment.fault } : {}),
      ...(moment.kind === 'acknowledged' ? { dieAfterAcknowledged: moment.nth } : {}),
    };
  }

  private settings(): Omit<VictimSettings, 'work'> {
    const { plan, target } = this.options;
    return {
      from: this.sent,
      ledger: this.ledgerPath,
      client: plan.client,
      brokers: target.brokers,
      topic: target.topic,
      journal: { ...plan.journal, directory: this.journalDirectory },
    };
  }

  /** The ledger of the life in progress, or of the next one. */
  private get ledgerPath(): string {
    return join(this.options.directory, `ledger-${this.ledgers.length}`);
  }

  private get journalDirectory(): string {
    return join(this.options.directory, 'journal');
  }
}

/** Ends the life at its moment, or when its time is up. */
async function endAt(victim: VictimProcess, moment: Moment): Promise<Death> {
  const timers = new AbortController();
  const killAfter = (ms: number): Promise<void> =>
    sleep(ms, undefined, { signal: timers.signal }).then(
      () => victim.kill(),
      () => undefined, // it died by itself
    );
  void killAfter(longestLifeMs);
  if (moment.kind !== 'acknowledged') void victim.mark('open').then(() => killAfter(longestOpenMs));
  if (moment.kind === 'time') {
    const marked = moment.mark === 'spawn' ? Promise.resolve() : victim.mark(moment.mark);
    void marked.then(() => killAfter(moment.afterMs));
  }
  const death = await victim.dead;
  timers.abort();
  return death;
}
