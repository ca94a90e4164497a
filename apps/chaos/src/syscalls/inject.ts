import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Violation } from '@holdfast/testing';
import { fileTarget } from '../kills/targets.js';
import type { LedgerLine } from '../ledger/ledger-line.js';
import { readLedger } from '../ledger/read-ledger.js';
import { judge } from '../verdict/judge.js';
import type { VictimSettings } from '../victim/settings.js';
import { deathWords, VictimProcess, type Death, type Launcher } from '../victim/victim-process.js';
import type { SyscallFault } from './syscall-fault.js';
import type { Prepared, Way } from './way.js';

export interface Injected {
  /** False when there was no nth call. */
  readonly struck: boolean;
  readonly acknowledged: number;
  readonly violations: readonly Violation[];
  /** Where the files are kept when something is wrong. */
  readonly kept: string | undefined;
}

const topic = 'syscalls';
const records = 400;
const load = { kind: 'load', rate: 4_000, window: 100, records } as const;
const patienceMs = 60_000;
/**
 * On a disk that stays broken the victim waits forever, so it is killed this long after the first
 * fault.
 */
const patienceWithBrokenDiskMs = 1_500;
const lookMs = 100;

/**
 * Runs one life with the fault at the nth call and one that drains the rest, then checks the topic.
 */
export async function inject(way: Way, fault: SyscallFault, nth: number): Promise<Injected> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-syscalls-'));
  const target = await fileTarget(directory, topic);
  const prepared = way.prepare(fault, nth, directory);
  const first = await withFault(settingsIn(directory, target.brokers), prepared, fault.lasting);
  const last = await draining(settingsIn(directory, target.brokers));
  const lives = [first.ledger, last.ledger];
  const struck = await prepared.struck(first.ledger);
  const verdict = judge({ topic, lives, found: await target.read(), seed: nth, diskFails: true });
  const violations = [...problemsOf(fault, first.death, last.death), ...verdict.violations];
  const isRight = violations.length === 0;
  if (isRight) await rm(directory, { recursive: true, force: true });
  return { struck, acknowledged: verdict.acknowledged, violations, kept: isRight ? undefined : directory };
}

type Settings = Omit<VictimSettings, 'work' | 'from'>;

interface Life {
  readonly death: Death;
  readonly ledger: readonly LedgerLine[];
}

function withFault(settings: Settings, prepared: Prepared, lasting: boolean): Promise<Life> {
  const { fault, launcher } = prepared;
  const faulty = fault === undefined ? {} : { fault };
  const isBroken = async (): Promise<boolean> => prepared.struck(await readLedger(settings.ledger));
  return live({ ...settings, ...faulty, from: 0, work: load }, launcher, lasting ? isBroken : undefined);
}

const draining = (settings: Settings): Promise<Life> =>
  live({ ...settings, ledger: `${settings.ledger}-after`, from: records, work: { kind: 'drain' } });

/** `isBroken`: whether the fault has struck; from then on the life has little time. */
async function live(
  settings: VictimSettings,
  launcher?: Launcher,
  isBroken?: () => Promise<boolean>,
): Promise<Life> {
  const victim = new VictimProcess(settings, launcher);
  const life = new AbortController();
  const timer = setTimeout(() => victim.kill(), patienceMs);
  if (isBroken !== undefined) void killOnceBroken(victim, isBroken, life.signal);
  const death = await victim.dead;
  life.abort();
  clearTimeout(timer);
  return { death, ledger: await readLedger(settings.ledger) };
}

async function killOnceBroken(
  victim: VictimProcess,
  isBroken: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  // The file that it reads does not exist before the victim does.
  const looks = (): Promise<boolean> => isBroken().catch(() => false);
  try {
    while (!(await looks())) await sleep(lookMs, undefined, { signal });
    await sleep(patienceWithBrokenDiskMs, undefined, { signal });
    victim.kill();
  } catch {
    // It has ended by itself.
  }
}

const settingsIn = (directory: string, brokers: readonly string[]): Settings => ({
  ledger: join(directory, 'ledger'),
  client: 'file',
  brokers,
  topic,
  journal: {
    directory: join(directory, 'journal'),
    acknowledge: 'journaled',
    fsync: 'always',
    segmentBytes: 16 * 1024,
    maxBytes: 1024 * 1024,
    encrypted: false,
  },
});

/**
 * A transient fault may prevent a start or the very last frame, but nothing else, and never the
 * next start.
 */
function problemsOf({ effect, lasting }: SyscallFault, first: Death, last: Death): Violation[] {
  const problems: Violation[] = [];
  if (!lasting && effect !== 'kill' && first.signal !== null)
    problems.push({ invariant: 'I6', message: `the life with the fault hung (${deathWords(first)})` });
  if (last.code !== 0)
    problems.push({ invariant: 'I8', message: `the next start did not drain (${deathWords(last)})` });
  return problems;
}
