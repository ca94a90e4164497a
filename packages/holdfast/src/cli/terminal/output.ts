import { codeOf } from '@holdfast/core/internal';
import { cannotWriteStdout } from '../errors.js';
import { orInterrupted } from '../or-interrupted.js';
import type { OutputStream } from './output-stream.js';

/** The reader has gone away, as in `holdfast journal export … | head`. */
const readerGone = new Set(['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

/** Stdout. */
export class Output {
  readonly isTTY: boolean;

  constructor(
    private readonly stream: OutputStream,
    private readonly signal: AbortSignal,
  ) {
    this.isTTY = stream.isTTY === true;
    // The callback of each write receives the error. Without a listener it would end the process.
    stream.on('error', () => undefined);
  }

  /**
   * Resolves when the text is written, so that a caller who waits is no faster than the reader.
   * Resolves with false when the reader has gone away, which is not an error.
   */
  write(text: string): Promise<boolean> {
    const written = new Promise<boolean>((resolve, reject) => {
      this.stream.write(text, (error) => {
        if (error === undefined || error === null) resolve(true);
        else if (readerGone.has(codeOf(error) ?? '')) resolve(false);
        else reject(cannotWriteStdout(error));
      });
    });
    return orInterrupted(written, this.signal);
  }
}
