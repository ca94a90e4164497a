import type { Adapter } from '@holdfast/core';

/** A client of one process, with all that it has outside of the adapter: threads, connections. */
export interface SimulatedClient {
  /** The adapter's own code, over this client. */
  adapter(): Adapter;
  /** The client dies by itself, where it can. */
  die(): void;
  /** The process is dead: what is on the wire is lost, or not. */
  end(): void;
  /** Answers that had come before their request was given up, and were not read. */
  readonly unread: number;
}
