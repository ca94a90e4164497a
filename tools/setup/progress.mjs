/** @param {number} ms */
export const seconds = (ms) => (ms < 9_950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`);

const frames = ['|', '/', '-', '\\'];
const redrawMs = 120;
/** Without a terminal a long step says now and then that it is alive: CI systems end what is silent for long. */
const heartbeatMs = 30_000;

/** One step at work: a moving line on a terminal, a line at its begin and its end elsewhere. */
export class Progress {
  /** @param {string} name @param {NodeJS.WriteStream} out */
  constructor(name, out) {
    this.name = name;
    this.out = out;
    this.detail = '';
    this.begun = performance.now();
    this.frame = 0;
    const moving = out.isTTY;
    if (!moving) out.write(`  ${name} ...\n`);
    this.timer = setInterval(() => (moving ? this.draw() : this.beat()), moving ? redrawMs : heartbeatMs);
  }

  /** What the step is doing now, such as the last line of the program it runs. @param {string} detail */
  note(detail) {
    this.detail = detail;
  }

  /** Leaves a line behind that a person should see. @param {string} line */
  say(line) {
    if (this.out.isTTY) this.out.write('\r\x1b[K');
    this.out.write(`  ${this.name}: ${line}\n`);
  }

  get elapsedMs() {
    return performance.now() - this.begun;
  }

  /** @private */
  draw() {
    const frame = frames[this.frame++ % frames.length];
    const line = `${frame} ${this.name} ${seconds(this.elapsedMs)}  ${this.detail}`;
    this.out.write(`\r\x1b[K${line.slice(0, (this.out.columns || 80) - 1)}`);
  }

  /** @private */
  beat() {
    this.out.write(`  ${this.name}: still at work after ${seconds(this.elapsedMs)}\n`);
  }

  /** @param {string} line what became of it */
  end(line) {
    clearInterval(this.timer);
    if (this.out.isTTY) this.out.write('\r\x1b[K');
    this.out.write(`${line} (${seconds(this.elapsedMs)})\n`);
  }
}
