import { within, type Clock } from '@holdfast/core/stage';
import type { ClientFactory } from '../client/client-factory.js';
import { Session, type SessionListener } from './session.js';

/** A dead client is replaced at once, but not more often than this, ms. */
const replacePauseMs = 500;
/**
 * How long a new client waits for the old one to be gone, ms; a query that blocks the old one is
 * waited for no longer.
 */
const oldClientMs = 2_000;

/** Makes one session after another. */
export class SessionFactory {
  private readonly closing = new Set<Promise<void>>();
  private nextId = 1;
  private createdAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly clients: ClientFactory,
    private readonly listener: SessionListener,
  ) {}

  /** How long the next session has to wait, as the last one was made a moment ago, ms. */
  get pauseMs(): number {
    return this.nextId === 1 ? 0 : Math.max(0, this.createdAt + replacePauseMs - this.clock.now());
  }

  /**
   * Resolves when retired sessions are gone: their records must not be written behind those of the
   * next one.
   */
  async retired(): Promise<void> {
    await within<unknown>(
      Promise.all(this.closing),
      this.clock.now() + oldClientMs,
      this.clock,
      () => undefined,
    );
  }

  /** Makes a session and opens it. Rejects when librdkafka refuses the settings. */
  async create(): Promise<Session> {
    this.createdAt = this.clock.now();
    const session = new Session(this.clients.next(), this.nextId++, this.clock, this.listener);
    try {
      await session.open();
    } catch (thrown) {
      void session.close();
      throw thrown;
    }
    return session;
  }

  /** Closes a session that is to be replaced. */
  retire(session: Session): void {
    const closing = session.close().finally(() => this.closing.delete(closing));
    this.closing.add(closing);
  }

  /** Resolves when the retired sessions and `last` are gone. */
  async close(last: Session | undefined): Promise<void> {
    await Promise.all([...this.closing, last?.close()]);
  }
}
