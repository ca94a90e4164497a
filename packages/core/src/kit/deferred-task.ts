import type { Clock } from '../contract/env.js';

/** Runs a task in the next turn of the event loop, once for all requests until then. */
export class DeferredTask {
  private isScheduled = false;

  constructor(
    private readonly clock: Pick<Clock, 'soon'>,
    private readonly task: () => void,
  ) {}

  schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.clock.soon(this.run);
  }

  private readonly run = (): void => {
    this.isScheduled = false;
    this.task();
  };
}
