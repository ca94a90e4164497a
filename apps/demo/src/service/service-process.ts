import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Ledger } from '../verdict/ledger.js';
import { isReport, noProgress, type Order, type Report, type ServiceSettings } from './messages.js';

const lastWordsLength = 2_000;

/**
 * A service in a process of its own, so that neither chain can block the other's event loop. Once
 * `ready` has resolved, `go` starts its stream.
 */
export class ServiceProcess {
  progress = noProgress;
  /** Rejects when the process ends before it is ready. */
  readonly ready: Promise<void>;
  /** Rejects when the process ends before it has reported its records. */
  readonly ended: Promise<Ledger>;
  private readonly child: ChildProcess;
  private lastWords = '';

  constructor(private readonly settings: ServiceSettings) {
    this.child = fork(fileURLToPath(new URL('./main.js', import.meta.url)), {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.lastWords = (this.lastWords + chunk.toString()).slice(-lastWordsLength);
    });
    this.ready = this.hears((report) => (report.type === 'ready' ? true : undefined)).then(() => undefined);
    this.ended = this.hears((report) => (report.type === 'ended' ? report.ledger : undefined));
    this.ended.catch(() => undefined); // whoever starts a service waits for `ready` first
    this.child.on('message', (message) => {
      if (isReport(message) && message.type === 'progress') this.progress = message.progress;
    });
    this.tell({ type: 'settings', settings });
  }

  go(): void {
    this.tell({ type: 'go' });
  }

  stopAt(records: number): void {
    this.tell({ type: 'stopAt', records });
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private tell(order: Order): void {
    if (this.child.connected) this.child.send(order);
  }

  /** Resolves with the first message that `pick` accepts. */
  private hears<T>(pick: (report: Report) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      this.child.on('message', (message) => {
        const found = isReport(message) ? pick(message) : undefined;
        if (found !== undefined) resolve(found);
      });
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => reject(this.gone(signal ?? `exit code ${code}`)));
    });
  }

  private gone(how: string): Error {
    const { client, chain, topic } = this.settings;
    return new Error(`the ${chain} ${client} service of ${topic} ended early (${how})\n${this.lastWords}`);
  }
}
