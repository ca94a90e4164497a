import type { Delivery } from '../contract/delivery.js';
import type { Settle } from '../contract/middleware.js';

/**
 * Remembers through which `settle` each delivery goes up. It is nearly always the same one, so only
 * the exceptions are stored: a waiting record costs nothing.
 */
export class Settles {
  private common: Settle | undefined;
  private readonly others = new Map<Delivery, Settle>();

  note(batch: readonly Delivery[], settle: Settle): void {
    this.common ??= settle;
    if (settle === this.common) return;
    for (const delivery of batch) this.others.set(delivery, settle);
  }

  up(settled: Delivery[]): void {
    if (this.others.size === 0) {
      this.common?.(settled);
      return;
    }
    const groups = new Map<Settle, Delivery[]>();
    for (const delivery of settled) {
      const settle = this.others.get(delivery) ?? this.common;
      if (settle === undefined) continue;
      this.others.delete(delivery);
      const group = groups.get(settle);
      if (group === undefined) groups.set(settle, [delivery]);
      else group.push(delivery);
    }
    for (const [settle, group] of groups) settle(group);
  }
}
