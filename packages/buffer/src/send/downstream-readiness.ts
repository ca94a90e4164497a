import type { Env } from '@holdfast/core/stage';

/**
 * Tracks whether the stages below have room: a queue there may be full, and then records go on
 * waiting here.
 */
export class DownstreamReadiness {
  private isAwaited = false;

  constructor(
    private readonly env: Pick<Env, 'ready'>,
    private readonly onReady: () => void,
  ) {}

  /**
   * Returns whether there is room below. If not, `onReady` is called when it is worth asking again.
   */
  isReady(): boolean {
    const ready = this.env.ready();
    if (ready === undefined) return true;
    if (!this.isAwaited) {
      this.isAwaited = true;
      const goOn = (): void => {
        this.isAwaited = false;
        this.onReady();
      };
      ready.then(goOn, goOn);
    }
    return false;
  }
}
