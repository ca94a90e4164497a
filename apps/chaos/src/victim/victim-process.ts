import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { marks, type Mark } from './marks.js';
import type { VictimSettings } from './settings.js';

const lastWordsLength = 4_000;
const program = fileURLToPath(new URL('./main.js', import.meta.url));

/** How a life ended. */
export interface Death {
  /** The last mark that it made; undefined for none. */
  readonly after: Mark | undefined;
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly lastWords: string;
  readonly livedMs: number;
}

export const deathWords = ({ code, signal, after, lastWords }: Death): string =>
  `${signal ?? `exit code ${code}`} after '${after ?? 'nothing'}'${lastWords === '' ? '' : `: ${lastWords.trim()}`}`;

/** The program that runs the victim. Default: Node.js itself. */
export interface Launcher {
  /** Arguments of a program that runs Node.js, whose command line follows them. */
  readonly command?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** One life of the victim, in a process of its own. */
export class VictimProcess {
  readonly dead: Promise<Death>;
  private readonly child: ChildProcess;
  private readonly reached = new Map<Mark, () => void>();
  private readonly seen = new Map<Mark, Promise<void>>();
  private readonly isGroup: boolean;
  private last: Mark | undefined;
  private lastWords = '';

  constructor(settings: VictimSettings, { command = [], env = {} }: Launcher = {}) {
    for (const mark of marks) {
      this.seen.set(mark, new Promise((resolve) => this.reached.set(mark, resolve)));
    }
    const [file = '', ...args] = [...command, process.execPath, program, JSON.stringify(settings)];
    const began = performance.now();
    this.isGroup = command.length > 0;
    this.child = spawn(file, args, {
      detached: this.isGroup,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production', ...env },
    });
    this.listen();
    this.dead = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        const { last: after, lastWords } = this;
        resolve({ after, code, signal, lastWords, livedMs: performance.now() - began });
      });
    });
  }

  /** Resolves when the victim makes this mark; never, if it dies first. */
  async mark(mark: Mark): Promise<void> {
    await this.seen.get(mark);
  }

  kill(): void {
    const { pid } = this.child;
    if (!this.isGroup || pid === undefined) this.child.kill('SIGKILL');
    else killGroup(pid);
  }

  private listen(): void {
    const { stdout, stderr } = this.child;
    if (stdout !== null) createInterface({ input: stdout }).on('line', (line) => this.hear(line));
    stderr?.on('data', (chunk: Buffer) => {
      this.lastWords = (this.lastWords + chunk.toString()).slice(-lastWordsLength);
    });
  }

  private hear(line: string): void {
    const mark = marks.find((one) => one === line);
    if (mark === undefined) return;
    this.last = mark;
    this.reached.get(mark)?.();
  }
}

/** A program that runs Node.js would leave it behind. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
