import type { Waited } from '@holdfast/core/stage';
import type { Attributes, Histogram } from '@opentelemetry/api';
import type { Instruments } from '../instruments/instruments.js';

/** Records the event `waited`: how long records spent in each stage, with one value per batch. */
export class StageDurations {
  private readonly duration: Histogram;
  private readonly attributes = new Map<string, Attributes>();

  constructor(
    instruments: Instruments,
    private readonly common: Attributes,
  ) {
    this.duration = instruments.histogram('holdfast.stage.duration');
  }

  record({ stage, records, totalMs }: Waited): void {
    if (records === 0) return;
    this.duration.record(totalMs / records / 1_000, this.attributesOf(stage));
  }

  private attributesOf(stage: string): Attributes {
    const found = this.attributes.get(stage);
    if (found !== undefined) return found;
    const created = { ...this.common, 'holdfast.stage': stage };
    this.attributes.set(stage, created);
    return created;
  }
}
