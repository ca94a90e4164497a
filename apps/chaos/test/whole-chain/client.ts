import type { Adapter } from '@holdfast/core';

/** A client of one process, with all that it has outside of the adapter: threads, connections. */
export interface SimulatedClient {
  /** The adapter's own code, over this client. */
  adapter(): Adapter;
  /** The client dies by itself, where it can. */
  die(): void;
  /** The process is dead: what is on the wire is lost, or not. */
  end(): void;
  /**
   * Records whose request was refused for another record in it. librdkafka writes the requests behind it at once, so a process that ends
   * before these have gone again leaves them to its successor, behind later ones of their lanes: see ADR 27.
   */
  readonly refusedBesideAnother: ReadonlySet<string>;
  /** Answers that had come before their request was given up, and were not read. */
  readonly unread: number;
}
