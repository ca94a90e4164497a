import { describeDamage, isHarmless, type Damage } from '@holdfast/journal';
import type { Context } from '../context.js';
import { printable } from '../terminal/format.js';

/**
 * The damage of a journal that is read for its records. Damaged parts are missing from the records,
 * which must not go unnoticed.
 */
export class DamageReport {
  constructor(private readonly all: Damage[] = []) {}

  add(damage: Damage): void {
    this.all.push(damage);
  }

  /** Whether there is no damage other than what a crash leaves. */
  get isHarmless(): boolean {
    return this.all.every(isHarmless);
  }

  log({ log }: Context): void {
    for (const one of this.all) if (!isHarmless(one)) log(`damaged: ${printable(describeDamage(one))}`);
  }
}
