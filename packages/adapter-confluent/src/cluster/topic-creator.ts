import type { Clock } from '@holdfast/core/stage';
import type { ClientFactory } from '../client/client-factory.js';
import { Session, type SessionListener } from './session.js';

/** How long brokers may take to accept the client and to answer, ms. */
const createTimeoutMs = 4_000;

const ignored: SessionListener = {
  reported: () => undefined,
  failed: () => undefined,
  logged: () => undefined,
  throttled: () => undefined,
  hangs: () => undefined,
};

/**
 * Has brokers create topics, where the settings allow it, through a client of its own that it
 * closes at once: librdkafka queries every topic that it has ever known again and again, and a
 * client that may create topics would bring back a deleted one, although nobody sends to it any
 * more.
 */
export class TopicCreator {
  private opened: Promise<Session | undefined> | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly clients: ClientFactory,
  ) {}

  /** The settings allow it. */
  get isAllowed(): boolean {
    return this.clients.createsTopics;
  }

  /** Resolves once a broker has been queried, or could not be. */
  async create(topic: string): Promise<void> {
    const session = await (this.opened ??= this.open());
    await session?.metadata(topic, createTimeoutMs);
  }

  /** Closes the client until the next topic has to be created. */
  async close(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    await (await opened)?.close();
  }

  private async open(): Promise<Session | undefined> {
    try {
      const session = new Session(this.clients.creator(), 0, this.clock, ignored);
      await session.open();
      return session;
    } catch {
      // The client that sends has the same settings, and reports what is wrong with them.
      return undefined;
    }
  }
}
