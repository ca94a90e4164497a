import type { Waited } from '@holdfast/core/stage';
import type { Attributes, Histogram } from '@opentelemetry/api';
import type { Instruments } from '../instruments/instruments.js';

/** From the event `waited`: how long records stood in each stage, one value a batch. */
export class StageTimes {
  private readonly duration: Histogram;
  private readonly attributes = new Map<string, Attributes>();

  constructor(
    instruments: Instruments,
    private readonly common: Attributes,
  ) {
    this.duration = instruments.histogram('holdfast.stage.duration');
  }

  heard({ stage, records, totalMs }: Waited): void {
    if (records === 0) return;
    this.duration.record(totalMs / records / 1_000, this.of(stage));
  }

  private of(stage: string): Attributes {
    const found = this.attributes.get(stage);
    if (found !== undefined) return found;
    const made = { ...this.common, 'holdfast.stage': stage };
    this.attributes.set(stage, made);
    return made;
  }
}
