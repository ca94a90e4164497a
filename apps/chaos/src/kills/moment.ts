import type { DiskCall, DiskEffect, DiskFault } from '../victim/faulty-disk.js';
import type { Mark } from '../victim/marks.js';

/**
 * When a life ends. The parent kills at a time. At a disk call or an acknowledgement the victim
 * kills itself, which is more precise.
 */
export type Moment =
  | {
      readonly kind: 'time';
      readonly name: MomentName;
      readonly mark: Mark | 'spawn';
      readonly afterMs: number;
    }
  | { readonly kind: 'disk'; readonly name: MomentName; readonly fault: DiskFault }
  | { readonly kind: 'acknowledged'; readonly name: MomentName; readonly nth: number };

export const momentNames = ['boot', 'start', 'load', 'write', 'rotation', 'acknowledged', 'close'] as const;
/**
 * Before or while the journal opens; under load at a time, at a disk call, at a change of segments;
 * …
 */
export type MomentName = (typeof momentNames)[number];

/** A Node.js process takes about this long to load its modules and open the journal. */
const bootMs = 250;
const longestLoadMs = 250;
/** Disk calls made while a journal of a few segments opens. */
const callsOfStart = 60;
const rotationCalls: readonly DiskCall[] = ['create', 'rename', 'truncate', 'remove', 'syncDirectory'];
const writingCalls: readonly DiskCall[] = ['write', 'sync'];

/**
 * Chooses the moments at random, reproducibly for the same seed. The first life always reaches some
 * acknowledgements: without any, nothing would be proved. Kills of the recovery follow some of the
 * kills under load.
 */
export class Moments {
  private isFirst = true;
  private recoveriesToKill = 0;

  constructor(private readonly random: () => number) {}

  next(): Moment {
    if (this.isFirst) {
      this.isFirst = false;
      return this.afterAnswers();
    }
    if (this.recoveriesToKill > 0) {
      this.recoveriesToKill--;
      return this.duringStart();
    }
    const moment = this.any();
    if (moment.name !== 'boot' && moment.name !== 'start' && this.random() < 0.3)
      this.recoveriesToKill = 1 + this.upTo(3);
    return moment;
  }

  private any(): Moment {
    const dice = this.random();
    if (dice < 0.05) return { kind: 'time', name: 'boot', mark: 'spawn', afterMs: this.random() * bootMs };
    if (dice < 0.15) return this.duringStart();
    if (dice < 0.4)
      return { kind: 'time', name: 'load', mark: 'open', afterMs: this.random() * longestLoadMs };
    if (dice < 0.58) return this.atCall('write', writingCalls, 1 + this.upTo(80), 'open');
    if (dice < 0.78) return this.atCall('rotation', rotationCalls, 1 + this.upTo(8), 'open');
    if (dice < 0.92) return this.afterAnswers();
    return { kind: 'time', name: 'close', mark: 'closing', afterMs: this.random() * 40 };
  }

  private afterAnswers(): Moment {
    return { kind: 'acknowledged', name: 'acknowledged', nth: 1 + this.upTo(1_200) };
  }

  private duringStart(): Moment {
    if (this.random() < 0.25) {
      return { kind: 'time', name: 'start', mark: 'opening', afterMs: this.random() * 120 };
    }
    return this.atCall('start', undefined, 1 + this.upTo(callsOfStart), 'start');
  }

  private atCall(
    name: MomentName,
    calls: readonly DiskCall[] | undefined,
    nth: number,
    since: DiskFault['since'],
  ): Moment {
    const effects: readonly DiskEffect[] = ['kill-before', 'kill-during', 'kill-after'];
    const effect = effects[this.upTo(effects.length)] ?? 'kill-before';
    return { kind: 'disk', name, fault: { ...(calls === undefined ? {} : { calls }), nth, since, effect } };
  }

  private upTo(count: number): number {
    return Math.floor(this.random() * count);
  }
}
