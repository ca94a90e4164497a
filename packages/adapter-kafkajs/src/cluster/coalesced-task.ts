/** Work that many ask for: it runs once at a time, and once for all who asked meanwhile. */
export class CoalescedTask {
  private running: Promise<void> | undefined;
  private next: Promise<void> | undefined;

  constructor(private readonly work: () => Promise<void>) {}

  /** Resolves once a run has ended that began after this call. */
  run(): Promise<void> {
    return (this.next ??= (async () => {
      await this.running?.catch(() => undefined);
      this.next = undefined;
      await (this.running = this.work().finally(() => (this.running = undefined)));
    })());
  }
}
