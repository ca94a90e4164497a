import { describeDamage, isHarmless, type Damage } from '@holdfast/journal';
import type { Context } from '../context.js';
import { printable } from '../terminal/format.js';

/** What is wrong with a journal that is read for its records: these come without what is damaged, and that must not be silent. */
export class DamageFound {
  constructor(private readonly all: Damage[] = []) {}

  add(one: Damage): void {
    this.all.push(one);
  }

  /** No more than what a crash leaves. */
  get isHarmless(): boolean {
    return this.all.every(isHarmless);
  }

  tell({ say }: Context): void {
    for (const one of this.all) if (!isHarmless(one)) say(`damaged: ${printable(describeDamage(one))}`);
  }
}
