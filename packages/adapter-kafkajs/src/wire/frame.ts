import { giveCrcPage, takeCrcMemory } from '@holdfast/core/internal';

/** Memory for what is to be written to a socket. One that is small enough is used again and again. */
export class Frame {
  readonly bytes: Buffer;
  private memory: Buffer | undefined;

  constructor(bytes: number) {
    this.memory = takeCrcMemory(bytes);
    this.bytes = this.memory.subarray(0, bytes);
  }

  /** Nobody reads it any more. */
  release(): void {
    if (this.memory !== undefined) giveCrcPage(this.memory);
    this.memory = undefined;
  }
}
