import { nameOf, type Logger } from '@holdfast/core';

/** Keeps what the SDK throws away from the chain. The first is told in the log; more would only repeat it. */
export class Problems {
  private told = false;

  constructor(private readonly logger: Logger) {}

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
    this.logger.error(
      'OpenTelemetry threw: records go on, and values, spans or trace headers are missing; look at the SDK, its views and propagators',
      { error: nameOf(error) },
    );
  }
}
