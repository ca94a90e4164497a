/**
 * Lets callers wait for a change: for room, say, or for being idle. `notifyAll` wakes those who
 * wait at that moment.
 */
export class Notify {
  private promise: Promise<void> | undefined;
  private resolve = (): void => undefined;

  get isAwaited(): boolean {
    return this.promise !== undefined;
  }

  wait(): Promise<void> {
    return (this.promise ??= new Promise((resolve) => (this.resolve = resolve)));
  }

  notifyAll(): void {
    this.promise = undefined;
    this.resolve();
  }
}
