const redrawMs = 200;
const lineEveryMs = 5_000;

/** Where the narrator writes; `process.stderr` is one. */
export interface Listener {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * Logs what happens, with the progress below: redrawn on a terminal, otherwise a line every few
 * seconds.
 */
export class Narrator {
  private readonly began = performance.now();
  private progress: (() => readonly string[]) | undefined;
  /** The number of progress lines on the screen now. */
  private drawn = 0;

  constructor(private readonly out: Listener) {}

  /** Writes a line, with the seconds since the demo began. */
  readonly say = (line: string): void => {
    const time = `${((performance.now() - this.began) / 1_000).toFixed(1).padStart(6)} s  `;
    this.out.write(`${this.erased()}${time}${line}\n`);
    if (this.terminal) this.redraw();
  };

  /** Shows the progress until the returned function is called. */
  watch(progress: () => readonly string[]): () => void {
    this.progress = progress;
    const timer = this.terminal
      ? setInterval(() => this.redraw(), redrawMs)
      : setInterval(() => this.say(progress().join(' | ')), lineEveryMs);
    return () => {
      clearInterval(timer);
      this.progress = undefined;
      this.out.write(this.erased());
    };
  }

  private get terminal(): boolean {
    return this.out.isTTY ?? false;
  }

  private redraw(): void {
    if (this.progress === undefined) return;
    // One column stays free: some terminals wrap when the last one is written.
    const width = (this.out.columns ?? 80) - 1;
    const lines = this.progress().map((line) => line.slice(0, width));
    const erased = this.erased();
    this.drawn = lines.length;
    this.out.write(erased + lines.join('\n'));
  }

  /** The control codes (ECMA-48) that erase the drawn lines and return to where they began. */
  private erased(): string {
    if (this.drawn === 0) return '';
    const up = this.drawn > 1 ? `\u001b[${this.drawn - 1}A` : '';
    this.drawn = 0;
    return `\r${up}\u001b[J`;
  }
}
