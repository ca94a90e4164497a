/** Wakes everybody who waits for something to change: for room, say, or for being idle. Nobody who comes later is woken. */
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
