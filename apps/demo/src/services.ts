import { chains, type Chain } from './names.js';
import type { Progress, ServiceSettings } from './service/messages.js';
import { ServiceProcess } from './service/service-process.js';
import type { Ledger } from './verdict/ledger.js';

type Both<T> = { readonly [chain in Chain]: T };

/** The two services, side by side; they can be killed and started again. */
export class Services {
  /** Rejects when one of them ends that was not killed. */
  readonly died: Promise<never>;
  private running: Both<ServiceProcess> | undefined;
  private fail: (error: unknown) => void = () => undefined;

  constructor(private readonly settings: Both<ServiceSettings>) {
    this.died = new Promise((_, reject) => (this.fail = reject));
    this.died.catch(() => undefined); // whoever performs waits for it
  }

  get progress(): Both<Progress> {
    const nothing: Progress = { sent: 0, acknowledged: 0, rejected: 0 };
    return {
      plain: this.running?.plain.progress ?? nothing,
      holdfast: this.running?.holdfast.progress ?? nothing,
    };
  }

  /** Resolves when both are ready for their streams. */
  async start(): Promise<void> {
    const started = {
      plain: new ServiceProcess(this.settings.plain),
      holdfast: new ServiceProcess(this.settings.holdfast),
    };
    this.running = started;
    for (const chain of chains) {
      started[chain].ended.catch((error: unknown) => {
        if (this.running === started) this.fail(error);
      });
    }
    await Promise.all(chains.map((chain) => started[chain].ready));
  }

  go(): void {
    for (const chain of chains) this.running?.[chain].go();
  }

  stopAt(records: number): void {
    for (const chain of chains) this.running?.[chain].stopAt(records);
  }

  /** What each knows of its records, once its stream has ended. */
  async ended(): Promise<Both<Ledger>> {
    if (this.running === undefined) throw new Error('the services have not been started');
    const [plain, holdfast] = await Promise.all([this.running.plain.ended, this.running.holdfast.ended]);
    return { plain, holdfast };
  }

  /** kill -9. */
  kill(): void {
    const killed = this.running;
    this.running = undefined;
    if (killed !== undefined) for (const chain of chains) killed[chain].kill();
  }
}
