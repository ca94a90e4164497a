import { giveCrcPage, takeCrcMemory } from '@holdfast/core/internal';

/** Memory for bytes that are written to a socket. A page that is small enough is reused. */
export class Frame {
  readonly bytes: Buffer;
  private memory: Buffer | undefined;

  constructor(bytes: number) {
    this.memory = takeCrcMemory(bytes);
    this.bytes = this.memory.subarray(0, bytes);
  }

  /** Gives the memory back, when nobody reads it any more. */
  release(): void {
    if (this.memory !== undefined) giveCrcPage(this.memory);
    this.memory = undefined;
  }
}
