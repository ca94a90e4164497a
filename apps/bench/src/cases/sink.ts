import type { Adapter, Delivered } from '@holdfast/core';
import type { AdapterCapabilities } from '@holdfast/core/adapter';
import type { Delivery, Settle } from '@holdfast/core/stage';

/**
 * One for all: what an adapter makes for each record is the adapter's cost, and this bench has no
 * adapter.
 */
const stored: Delivered = { status: 'delivered', topic: 'sink', partition: 0, offset: 1, timestamp: 1 };

/** The end of a chain without I/O: keeps each batch until it is told to settle it. */
export class Sink implements Adapter {
  readonly name = 'sink';
  readonly capabilities: AdapterCapabilities = { offsets: true, acks: 'all', idempotent: false };
  /** Settles by itself, in the next turn of the event loop. */
  automatic = false;
  private readonly batches: Delivery[][] = [];
  private readonly settles: Settle[] = [];
  private scheduled = false;

  connect(): Promise<void> {
    return Promise.resolve();
  }

  send(batch: Delivery[], settle: Settle): void {
    this.batches.push(batch);
    this.settles.push(settle);
    if (this.automatic) this.settleSoon();
  }

  settleSoon(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.settleAll();
    });
  }

  settleAll(): void {
    for (let i = 0; i < this.batches.length; i++) {
      const batch = this.batches[i] ?? [];
      for (const delivery of batch) delivery.outcome = stored;
      this.settles[i]?.(batch);
    }
    this.batches.length = this.settles.length = 0;
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  disconnect(): Promise<void> {
    return Promise.resolve();
  }
}
