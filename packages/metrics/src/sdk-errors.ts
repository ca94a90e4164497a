import { nameOf } from '@holdfast/core/internal';
import type { BaseEnv } from '@holdfast/core/stage';

/**
 * Keeps what the SDK throws away from the chain. The first is told in the log, and as the event `callbackError` with all that the
 * error says; more would only repeat it.
 */
export class Problems {
  private told = false;

  constructor(private readonly env: Pick<BaseEnv, 'logger' | 'events'>) {}

  contain(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.note(error);
    }
  }

  note(error: unknown): void {
    if (this.told) return;
    this.told = true;
    this.env.logger.error(
      'OpenTelemetry threw: records go on, and values, spans or trace headers are missing; look at the SDK, its views and propagators, and at the event callbackError',
      { error: nameOf(error) },
    );
    this.env.events.emit('callbackError', { error });
  }
}
