import type { Adapter } from '@holdfast/core';

/**
 * A client of one process, with everything that it has outside of the adapter: threads,
 * connections.
 */
export interface SimulatedClient {
  /** The adapter's own code, over this client. */
  adapter(): Adapter;
  /** Kills the client alone, where that is possible. */
  die(): void;
  /** The process is dead: what is on the wire is lost, or not. */
  end(): void;
  /**
   * Records whose request was refused because of another record in it. librdkafka writes the
   * requests behind it at once, so a process that ends before these are sent again leaves them to
   * its successor, behind later records of their lanes: see ADR 27.
   */
  readonly refusedBesideAnother: ReadonlySet<string>;
  /** Answers that had arrived before their request timed out, but were not read. */
  readonly unread: number;
}
