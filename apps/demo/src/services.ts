import { noProgress, type Progress, type ServiceSettings } from './service/messages.js';
import { ServiceProcess } from './service/service-process.js';
import type { Ledger } from './verdict/ledger.js';

/** The services of a scene, side by side; they can be killed and started again. */
export class Services {
  /** Rejects when one of them ends without having been killed. */
  readonly died: Promise<never>;
  private running: readonly ServiceProcess[] = [];
  private fail: (error: unknown) => void = () => undefined;

  constructor(private readonly settings: readonly ServiceSettings[]) {
    this.died = new Promise((_, reject) => (this.fail = reject));
    this.died.catch(() => undefined); // whoever performs waits for it
  }

  /** The progress of each, in the order of the settings. */
  get progress(): readonly Progress[] {
    return this.settings.map((_, at) => this.running[at]?.progress ?? noProgress);
  }

  /** Resolves when all are ready for their streams. */
  async start(): Promise<void> {
    const started = this.settings.map((settings) => new ServiceProcess(settings));
    this.running = started;
    for (const service of started) {
      service.ended.catch((error: unknown) => {
        if (this.running === started) this.fail(error);
      });
    }
    await Promise.all(started.map((service) => service.ready));
  }

  go(): void {
    for (const service of this.running) service.go();
  }

  stopAt(records: number): void {
    for (const service of this.running) service.stopAt(records);
  }

  /** Resolves with what each knows of its records, once its stream has ended. */
  ended(): Promise<Ledger[]> {
    return Promise.all(this.running.map((service) => service.ended));
  }

  /** Kills them with kill -9. */
  kill(): void {
    const killed = this.running;
    this.running = [];
    for (const service of killed) service.kill();
  }
}
