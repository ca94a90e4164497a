import { applyResult, type BatchResult } from './produce-result.js';
import type { RecordBatch } from './record-batch.js';
import type { Sequencer } from './sequencer.js';
import { splitIfRefused, type SplitContext } from './split-batch.js';
import { blocksSuccessors, endAtDeadline, failSuccessors } from './successors.js';

/** Without idempotence: batches without a predecessor go at once, and a result is an outcome. */
export class PlainSequencer implements Sequencer {
  readonly idempotent = false;
  readonly needsProducerId = false;
  readonly resumeAt = Infinity;
  private ready: RecordBatch[] = [];

  constructor(private readonly context: SplitContext) {}

  submit(batches: readonly RecordBatch[]): void {
    for (const batch of batches) if (!batch.isSuccessor) this.ready.push(batch);
  }

  take(): RecordBatch[] {
    const { ready } = this;
    this.ready = [];
    return ready;
  }

  complete(results: readonly BatchResult[]): RecordBatch[] {
    const ended: RecordBatch[] = [];
    for (const { batch, result } of results) {
      const split = splitIfRefused(batch, result, this.context);
      if (split !== undefined) {
        this.ready.push(...split.again.slice(0, 1));
        ended.push(...split.ended);
        continue;
      }
      applyResult(batch, result);
      ended.push(batch);
      if (blocksSuccessors(result)) ended.push(...failSuccessors(batch, result));
      else if (batch.next !== undefined && !batch.next.ended) this.ready.push(batch.next);
    }
    return ended;
  }

  expire(batch: RecordBatch): RecordBatch[] {
    return endAtDeadline(batch);
  }

  mayGo(): boolean {
    return true;
  }

  takeBack(): RecordBatch[] {
    return [];
  }

  resume(): RecordBatch[] {
    return [];
  }

  useProducerId(): void {}

  producerIdFailed(): RecordBatch[] {
    return [];
  }

  forget(): void {}
}
