import { nameOf } from '@holdfast/core/internal';
import type { BaseEnv } from '@holdfast/core/stage';

/**
 * Keeps errors that the SDK throws out of the chain. The first one is logged, and emitted as the
 * event `callbackError` with the whole error. Later ones would only repeat it.
 */
export class SdkErrors {
  private isReported = false;

  constructor(private readonly env: Pick<BaseEnv, 'logger' | 'events'>) {}

  /** Runs `task` and reports what it throws. */
  contain(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.report(error);
    }
  }

  report(error: unknown): void {
    if (this.isReported) return;
    this.isReported = true;
    this.env.logger.error(
      'OpenTelemetry threw: records are sent all the same, but values, spans or trace headers are missing; check the SDK, its views and propagators, and the event callbackError',
      { error: nameOf(error) },
    );
    this.env.events.emit('callbackError', { error });
  }
}
