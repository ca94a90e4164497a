/**
 * A task that many request: it runs once at a time, and once for all who requested it meanwhile.
 * Unlike a shared promise, nobody is given the result of a run that had begun before.
 */
export class CoalescedTask {
  private running: Promise<void> | undefined;
  private next: Promise<void> | undefined;

  constructor(private readonly task: () => Promise<void>) {}

  /** Resolves once a run has ended that began after this call. */
  run(): Promise<void> {
    return (this.next ??= (async () => {
      await this.running?.catch(() => undefined);
      this.next = undefined;
      await (this.running = this.task().finally(() => (this.running = undefined)));
    })());
  }
}
