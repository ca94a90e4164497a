import { stripVTControlCharacters } from 'node:util';

/** @param {number} ms */
export const seconds = (ms) => (ms < 9_950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`);

const frames = ['|', '/', '-', '\\'];
const redrawMs = 120;
/**
 * Without a terminal a long step reports now and then that it is alive: CI systems end silent jobs.
 */
const heartbeatMs = 30_000;

/**
 * The running steps by output stream: on a terminal they share its last line.
 *
 * @type {WeakMap<NodeJS.WriteStream, Progress[]>}
 */
const atWork = new WeakMap();

/**
 * Writes whole lines above the moving one.
 *
 * @param {NodeJS.WriteStream} out
 * @param {string} text
 */
export function print(out, text) {
  if (out.isTTY && atWork.get(out)?.length) out.write('\r\x1b[K');
  out.write(text);
}

/**
 * One running step: its part of a moving line on a terminal, a line at its start and its end
 * elsewhere.
 */
export class Progress {
  /** @param {string} name @param {NodeJS.WriteStream} out */
  constructor(name, out) {
    this.name = name;
    this.out = out;
    this.detail = '';
    this.begun = performance.now();
    this.frame = 0;
    this.others = atWork.get(out) ?? [];
    this.others.push(this);
    atWork.set(out, this.others);
    const moving = out.isTTY;
    if (!moving) out.write(`  ${name} ...\n`);
    this.timer = setInterval(() => (moving ? this.draw() : this.beat()), moving ? redrawMs : heartbeatMs);
  }

  /**
   * Shows what the step is doing now, such as the last line of the program that it runs.
   *
   * @param {string} detail
   */
  note(detail) {
    this.detail = detail;
  }

  /** Writes a line that stays visible. @param {string} line */
  say(line) {
    print(this.out, `  ${this.name}: ${line}\n`);
  }

  get elapsedMs() {
    return performance.now() - this.begun;
  }

  /** @private */
  draw() {
    const [first, ...rest] = this.others;
    if (first !== this) return;
    const frame = frames[this.frame++ % frames.length];
    const names = this.others.map(({ name, elapsedMs }) => `${name} ${seconds(elapsedMs)}`).join(', ');
    // There is room for one: the longest-running step that has something to show.
    const { detail } = [this, ...rest].find((one) => one.detail) ?? this;
    this.out.write(`\r\x1b[K${`${frame} ${names}  ${detail}`.slice(0, (this.out.columns || 80) - 1)}`);
  }

  /** @private */
  beat() {
    const detail = stripVTControlCharacters(this.detail).slice(0, 80);
    const doing = detail && `: ${detail}`;
    this.out.write(`  ${this.name}: still at work after ${seconds(this.elapsedMs)}${doing}\n`);
  }

  /** @param {string} line what became of it */
  end(line) {
    clearInterval(this.timer);
    print(this.out, `${line} (${seconds(this.elapsedMs)})\n`);
    this.others.splice(this.others.indexOf(this), 1);
  }
}
