/** What stages wait at: for room, for being idle. Whoever waits passes when it is opened the next time. */
export class Gate {
  private promise: Promise<void> | undefined;
  private letPass = (): void => undefined;

  get isAwaited(): boolean {
    return this.promise !== undefined;
  }

  wait(): Promise<void> {
    return (this.promise ??= new Promise((resolve) => (this.letPass = resolve)));
  }

  open(): void {
    this.promise = undefined;
    this.letPass();
  }
}
