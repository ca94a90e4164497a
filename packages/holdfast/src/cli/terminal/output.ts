import { ProducerError } from '@holdfast/core';
import { codeOf } from '@holdfast/core/internal';
import type { OutputStream } from './output-stream.js';
import { orInterrupted } from '../interrupted.js';

/** Whoever read is gone: `holdfast journal export … | head`. */
const gone = new Set(['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

/** Stdout. */
export class Output {
  readonly isTTY: boolean;

  constructor(
    private readonly stream: OutputStream,
    private readonly signal: AbortSignal,
  ) {
    this.isTTY = stream.isTTY === true;
    // The callback of each write hears of it; without a listener it would end the process.
    stream.on('error', () => undefined);
  }

  /**
   * Resolves when it is written, so that who waits for it goes no faster than who reads. False: nobody reads any more, which is no
   * error.
   */
  write(text: string): Promise<boolean> {
    const written = new Promise<boolean>((resolve, reject) => {
      this.stream.write(text, (error) => {
        if (error === undefined || error === null) resolve(true);
        else if (gone.has(codeOf(error) ?? '')) resolve(false);
        else reject(cannotWrite(error));
      });
    });
    return orInterrupted(written, this.signal);
  }
}

const cannotWrite = (error: Error): ProducerError =>
  new ProducerError(
    'OUTPUT_FAILED',
    `stdout takes no more (${codeOf(error) ?? error.message}); send it to a place that has room for it`,
    { cause: error },
  );
