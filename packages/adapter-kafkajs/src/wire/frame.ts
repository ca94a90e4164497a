import { crcPageBytes, giveCrcPage, takeCrcPage } from '@holdfast/core';

/** Memory for what is to be written to a socket. One that is small enough is used again and again. */
export class Frame {
  private constructor(
    readonly bytes: Buffer,
    private page: Buffer | undefined,
  ) {}

  static of(bytes: number): Frame {
    const page = bytes <= crcPageBytes ? takeCrcPage() : undefined;
    return page === undefined
      ? new Frame(Buffer.allocUnsafeSlow(bytes), undefined)
      : new Frame(page.subarray(0, bytes), page);
  }

  /** Nobody reads it any more. */
  release(): void {
    if (this.page !== undefined) giveCrcPage(this.page);
    this.page = undefined;
  }
}
