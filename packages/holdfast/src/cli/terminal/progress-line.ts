import type { Clock, Timer } from '@holdfast/core/stage';
import type { OutputStream } from './output-stream.js';

const terminalMs = 200;
const logMs = 5_000;
const clearLine = '\r\u001b[K';

/**
 * Shows progress on stderr until `end`: on a terminal one line that is overwritten, otherwise a
 * line every 5 s.
 */
export class ProgressLine {
  private timer: Timer | undefined;
  private shown = '';

  constructor(
    private readonly stream: OutputStream,
    private readonly clock: Clock,
    private readonly text: () => string,
  ) {
    this.next();
  }

  end(): void {
    this.timer?.cancel();
    if (this.stream.isTTY === true && this.shown !== '') this.stream.write(clearLine);
    this.shown = '';
  }

  private next(): void {
    this.timer = this.clock.after(this.stream.isTTY === true ? terminalMs : logMs, () => {
      this.show(this.text());
      this.next();
    });
  }

  private show(text: string): void {
    if (this.stream.isTTY !== true) this.stream.write(`${text}\n`);
    else if (text !== this.shown) this.stream.write(`${clearLine}${text}`);
    this.shown = text;
  }
}
