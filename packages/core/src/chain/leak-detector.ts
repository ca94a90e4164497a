import type { Delivery } from '../contract/delivery.js';
import type { ReportViolation } from './violations.js';

/**
 * Remembers every delivery, so that the end of `close` can name the stage that never settled one.
 * Off when `NODE_ENV` is `production`, as it costs a set entry per record. Breaches that need no
 * memory are caught in production too, see `Boundary`.
 */
export class LeakDetector {
  private readonly outstanding = new Set<Delivery>();

  sent(delivery: Delivery): void {
    this.outstanding.add(delivery);
  }

  settled(delivery: Delivery): void {
    this.outstanding.delete(delivery);
  }

  /** Reports what was never settled, by the stage that holds it. `names`: by depth. */
  reportForgotten(names: readonly string[], report: ReportViolation): void {
    const byStage = new Map<string, number>();
    for (const { depth } of this.outstanding) {
      const name = names[depth] ?? 'the producer';
      byStage.set(name, (byStage.get(name) ?? 0) + 1);
    }
    for (const [name, count] of byStage) {
      report(
        name,
        `never settled ${count} deliveries it was handed; settle each exactly once, in close at the latest`,
      );
    }
  }
}
