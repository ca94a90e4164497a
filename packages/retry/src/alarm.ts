import type { Clock, Timer } from '@holdfast/core/stage';

interface Due {
  /** Monotonic ms. */
  readonly dueAt: number;
}

/** Things that are due at different times, with one timer for them all: a binary heap, the earliest on top. */
export class Alarm<T extends Due> {
  private readonly heap: T[] = [];
  private timer: Timer | undefined;
  private ringsAt = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly ring: (due: T[]) => void,
  ) {}

  add(item: T): void {
    this.heap.push(item);
    this.up(this.heap.length - 1);
    this.set();
  }

  /** Everything, due or not; the timer stops. */
  clear(): T[] {
    this.timer?.cancel();
    this.timer = undefined;
    this.ringsAt = Infinity;
    return this.heap.splice(0);
  }

  private set(): void {
    const earliest = this.heap[0]?.dueAt ?? Infinity;
    if (earliest >= this.ringsAt) return;
    this.timer?.cancel();
    this.ringsAt = earliest;
    this.timer = this.clock.after(Math.max(0, earliest - this.clock.now()), () => this.fire());
  }

  private fire(): void {
    this.timer = undefined;
    this.ringsAt = Infinity;
    const now = this.clock.now();
    const due: T[] = [];
    for (let top = this.heap[0]; top !== undefined && top.dueAt <= now; top = this.heap[0]) {
      due.push(top);
      this.removeTop();
    }
    this.set();
    if (due.length > 0) this.ring(due);
  }

  private removeTop(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.down(0);
  }

  private up(from: number): void {
    for (let i = from; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!this.swapIfLater(parent, i)) return;
      i = parent;
    }
  }

  private down(from: number): void {
    for (let i = from; ; ) {
      const left = 2 * i + 1;
      const earlier = this.at(left + 1) < this.at(left) ? left + 1 : left;
      if (!this.swapIfLater(i, earlier)) return;
      i = earlier;
    }
  }

  private at(index: number): number {
    return this.heap[index]?.dueAt ?? Infinity;
  }

  private swapIfLater(upper: number, lower: number): boolean {
    const a = this.heap[upper];
    const b = this.heap[lower];
    if (a === undefined || b === undefined || a.dueAt <= b.dueAt) return false;
    this.heap[upper] = b;
    this.heap[lower] = a;
    return true;
  }
}
