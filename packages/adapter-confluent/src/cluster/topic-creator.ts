import type { Clock } from '@holdfast/core/stage';
import type { ClientSource } from '../client/client-factory.js';
import { Session } from './session.js';

/** How long brokers may take to let the client in and to answer, ms. */
const makeMs = 4_000;
const nobody = {
  report: () => undefined,
  error: () => undefined,
  log: () => undefined,
  throttled: () => undefined,
  hangs: () => undefined,
};

/**
 * Has brokers create topics, where the settings allow it. It does so through a client of its own,
 * and lets that go at once: librdkafka asks again and again for every topic that it has ever heard
 * of, and a client that may create them would bring back one that was deleted, though nobody sends
 * to it any more.
 */
export class TopicMaker {
  private opened: Promise<Session | undefined> | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly source: ClientSource,
  ) {}

  /** The settings allow it. */
  get mayMake(): boolean {
    return this.source.createsTopics;
  }

  /** Resolves once a broker was asked, or could not be. */
  async make(topic: string): Promise<void> {
    const session = await (this.opened ??= this.open());
    await session?.metadata(topic, makeMs);
  }

  /** No more topics are to be made for now. */
  async end(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    await (await opened)?.close();
  }

  private async open(): Promise<Session | undefined> {
    try {
      const session = new Session(this.source.creator(), 0, this.clock, nobody);
      await session.open();
      return session;
    } catch {
      return undefined; // the client that sends was made of the same settings, and says what is wrong
    }
  }
}
