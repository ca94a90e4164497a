import type { Env } from '@holdfast/core/stage';

/** A stage below that queues may be full: then what waits here waits on, within the bounds. */
export class RoomBelow {
  private awaited = false;

  constructor(
    private readonly env: Pick<Env, 'ready'>,
    private readonly onRoom: () => void,
  ) {}

  /** False: `onRoom` will be called when it is worth asking again. */
  isThere(): boolean {
    const room = this.env.ready();
    if (room === undefined) return true;
    if (!this.awaited) {
      this.awaited = true;
      const goOn = (): void => {
        this.awaited = false;
        this.onRoom();
      };
      room.then(goOn, goOn);
    }
    return false;
  }
}
