import { ProducerError } from '@holdfast/core';
import { isError, untilDeadline, type BaseEnv, type Timer } from '@holdfast/core/stage';
import type { RdKafka } from '@confluentinc/kafka-javascript';
import { Causes, grantOrTurnOff } from '../client/outage-diagnosis.js';
import type { ClientSource } from '../client/client-factory.js';
import { nativeCodes } from '../client/native-errors.js';
import { isRefused, Session, type NativeLog } from './session.js';
import { stage } from '../stage.js';

/** One question to the cluster blocks a thread of Node's pool for so long at most, ms; doubled while answers are slow. */
const askMs = 250;
const askMaxMs = 4_000;
/** How long brokers that are not known to be down may take to let the client in, ms. */
const patienceMs = 5_000;
/** A dead instance is replaced at once, but not more often than this, ms. */
const rebuildPauseMs = 500;
/**
 * How long a new instance waits for the old one to be gone, ms; a question that blocks it is waited
 * for no longer.
 */
const oldClientMs = 2_000;
/** How long a client has to live, once idempotence was refused, before it counts as let in, ms. */
const probationMs = 1_000;

export interface LinkEvents {
  /** A broker answers. */
  up(): void;
  /** None does; what waits can fail. */
  down(error: ProducerError): void;
  /** The instance is dead and reports nothing any more. `sentNothing`: it never got so far as to send a record. */
  dead(error: ProducerError, sentNothing: boolean): void;
  readonly report: (report: RdKafka.DeliveryReport, code: number, error: unknown) => void;
}

/** `doubtful`: whether a broker answers is not known. */
export type LinkState = 'new' | 'doubtful' | 'up' | 'down' | 'closed';

/** Keeps one live client: makes it, asks whether brokers answer, for ever unless told otherwise, and replaces it when it dies. */
export class Link {
  state: LinkState = 'new';
  session: Session | undefined;
  /** How often the cluster was found again, and a dead client was replaced; for how long a quota held the client back. */
  readonly counts = { reconnects: 0, rebuilds: 0, throttledMs: 0 };
  private readonly causes: Causes;
  private readonly ending = new Set<Promise<void>>();
  private error: ProducerError | undefined;
  private running = false;
  private worked = false;
  /** Why the client died, until that is said: if it gave no reason, it may yet say that the cluster refuses idempotence. */
  private diedOf: string | undefined;
  /** It was said that the client is replaced. */
  private replacing = false;
  private failures = 0;
  private nextAt = 0;
  private nextId = 1;
  private bornAt = 0;
  private timer: Timer | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly env: BaseEnv,
    private readonly source: ClientSource,
    private readonly events: LinkEvents,
  ) {
    this.causes = new Causes(source.sanitize, source.protocol);
  }

  /** Resolves once a broker has answered; rejects with why the first round found none, and goes on. */
  connect(): Promise<void> {
    this.state = 'doubtful';
    return new Promise((resolve, reject) => {
      void this.run((error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  /** Why nothing can be sent; `undefined` while that is not known to be so. */
  refusal(): ProducerError | undefined {
    if (this.state === 'closed') return new ProducerError('CLOSED', 'the adapter is disconnected', { stage });
    if (this.state !== 'down') return undefined;
    const { error } = this;
    if (this.hasGivenUp) return this.gaveUp(error);
    const retryAfter = Math.max(0, this.nextAt - this.env.clock.now());
    const { code, message, cause, kafka, retriable } = error ?? this.causes.error(undefined, this.worked);
    return new ProducerError(code, message, { cause, kafka, retriable, retryAfter, stage });
  }

  /**
   * The instance failed in a way that it does not recover from; `why`, if it does not say so
   * itself.
   */
  sessionDied(why?: string): void {
    const { session, causes } = this;
    const isRefusal = causes.refusesIdempotence;
    const reason = why ?? causes.error(undefined, true).message;
    const doesWithout = isRefusal && this.state !== 'closed' && this.doWithoutIdempotence();
    if (session === undefined || this.state === 'closed') return;
    this.session = undefined;
    const ending = session.close().finally(() => this.ending.delete(ending));
    this.ending.add(ending);
    this.counts.rebuilds++;
    this.state = 'doubtful';
    const sentNothing = isRefusal && !session.answered;
    if (!doesWithout) this.diedOf = reason;
    if (why !== undefined) this.tellOfDeath();
    const error = new ProducerError('CLIENT_FATAL', `the client died and is replaced: ${reason}`, {
      retriable: true,
      stage,
    });
    this.events.dead(error, sentNothing);
    void this.run();
  }

  private tellOfDeath(): void {
    if (this.diedOf === undefined) return;
    this.env.logger.warn(`${stage}: the client died and is replaced: ${this.diedOf}`);
    this.diedOf = undefined;
    this.replacing = true;
  }

  /** From the next client on. False: that is not ours to decide, or decided already. */
  private doWithoutIdempotence(): boolean {
    if (!this.source.giveUpIdempotence()) return false;
    const said = this.causes.detail && ` (${this.causes.detail})`;
    this.causes.clear();
    this.diedOf = undefined;
    this.env.logger.warn(
      `${stage}: the cluster refuses idempotence${said}, so records go on without: one whose answer is lost is sent again, and may be in its topic twice; ${grantOrTurnOff}`,
    );
    return true;
  }

  /** Brokers may be lost: asks. While some are not known to be, records go on to them. */
  doubt(): void {
    if (this.state !== 'up') return;
    if (this.causes.allDown) this.state = 'doubtful';
    void this.run();
  }

  /** Resolves when the client is gone. */
  async close(): Promise<void> {
    this.state = 'closed';
    this.tellOfDeath();
    this.timer?.cancel();
    this.wake?.();
    const { session } = this;
    this.session = undefined;
    await Promise.all([...this.ending, session?.close()]);
  }

  private get hasGivenUp(): boolean {
    return this.failures >= this.source.settings.reconnect.tries;
  }

  /** Rounds until one finds a broker, or for ever. */
  private async run(first: (error: ProducerError | undefined) => void = () => undefined): Promise<void> {
    if (this.running) return;
    this.running = true;
    for (let tell = first; this.isOpen(); tell = () => undefined) {
      const error = await this.round();
      if (!this.isOpen()) {
        tell(new ProducerError('CLOSED', 'the adapter is disconnected', { stage }));
        break;
      }
      if (error === undefined) this.found();
      else this.lost(error);
      tell(error);
      if (error === undefined || this.hasGivenUp) break;
      await this.sleep(this.backoffMs());
    }
    this.running = false;
  }

  // The state moves on while a round waits; asked through a method, the type checker does not assume that it stayed.
  private isOpen(): boolean {
    return this.state !== 'closed';
  }

  /** One round: a client, and a broker that answers it. Answers with why there is none. */
  private async round(): Promise<ProducerError | undefined> {
    const { clock } = this.env;
    const until = clock.now() + patienceMs;
    if (this.state !== 'up') this.causes.allDown = false;
    for (let waitMs = askMs; this.isOpen(); ) {
      const { idempotent } = this.source.traits;
      const session = this.session ?? (await this.makeSession());
      if (ProducerError.is(session)) return session;
      const answer = await session.reach(waitMs);
      const isLetIn = this.session === session && !isRefused(answer);
      if (isLetIn && this.causes.refusesIdempotence) await this.sleep(probationMs);
      if (this.session !== session) {
        // It died meanwhile. The next one may be let in, if it is the first without idempotence.
        const isFirstWithout = idempotent !== this.source.traits.idempotent;
        const isFinal = isLetIn || this.causes.refusesIdempotence;
        if (!isFirstWithout && (isFinal || clock.now() >= until))
          return this.causes.error(undefined, this.worked && !isFinal);
        continue;
      }
      if (!isRefused(answer)) return undefined;
      if (answer.code === nativeCodes.timedOut) waitMs = Math.min(askMaxMs, waitMs * 2);
      if (this.causes.allDown || clock.now() >= until) return this.causes.error(undefined, this.worked);
    }
    return undefined;
  }

  private async makeSession(): Promise<Session | ProducerError> {
    const pauseMs = this.bornAt + rebuildPauseMs - this.env.clock.now();
    if (this.nextId > 1 && pauseMs > 0) await this.sleep(pauseMs);
    const { clock } = this.env;
    // What the old one still has must not be written behind what this one will send.
    await untilDeadline(Promise.all(this.ending), clock.now() + oldClientMs, clock);
    this.tellOfDeath();
    this.bornAt = this.env.clock.now();
    let session: Session | undefined;
    try {
      session = new Session(this.source.next(), this.nextId++, this.env.clock, {
        report: this.events.report,
        error: (message) => this.onError(session, message),
        log: (line) => this.onLog(session, line),
        throttled: (ms) => this.onThrottled(ms),
        hangs: () => {
          if (session === this.session) this.sessionDied('a call of it does not return');
        },
      });
      await session.open();
    } catch (thrown) {
      void session?.close();
      return ProducerError.is(thrown) ? thrown : this.refusedSettings(thrown);
    }
    if (!this.isOpen()) {
      await session.close();
      return new ProducerError('CLOSED', 'the adapter is disconnected', { stage });
    }
    return (this.session = session);
  }

  private refusedSettings(thrown: unknown): ProducerError {
    const said = this.source.sanitize(isError(thrown) ? thrown.message : 'no reason given');
    return new ProducerError('INVALID_OPTIONS', `librdkafka refused the settings: ${said}`, {
      problems: [said],
      stage,
    });
  }

  private onError(session: Session | undefined, message: string): void {
    if (session === undefined || (this.session !== undefined && session !== this.session)) return;
    const isDead = this.causes.note(message);
    if (isDead) this.sessionDied();
    else if (this.causes.allDown) this.doubt();
  }

  private onLog(session: Session | undefined, line: NativeLog): void {
    const isUseless = this.causes.noteLog(line);
    this.env.logger.debug(`librdkafka: ${this.source.sanitize(line.message)}`, {
      fac: line.fac,
      severity: line.severity,
    });
    if (isUseless && session !== undefined && session === this.session) this.sessionDied();
  }

  private onThrottled(ms: number): void {
    this.counts.throttledMs += ms;
    this.env.events.emit('throttled', { adapter: stage, ms });
  }

  private found(): void {
    const { events, logger } = this.env;
    const wasDown = this.state === 'down' || this.error !== undefined;
    this.causes.clear();
    this.error = undefined;
    this.failures = 0;
    this.state = 'up';
    if (this.replacing && !wasDown) logger.warn(`${stage}: the new client is connected to the cluster`);
    this.replacing = false;
    if (wasDown && this.worked) this.counts.reconnects++;
    if (wasDown || !this.worked) {
      logger[wasDown ? 'warn' : 'info'](`${stage}: connected to the cluster`);
      events.emit('connected', { adapter: stage });
    }
    this.worked = true;
    this.events.up();
  }

  private lost(error: ProducerError): void {
    const { events, logger } = this.env;
    const wasDown = this.error !== undefined;
    this.error = error;
    this.failures++;
    this.state = 'down';
    this.nextAt = this.env.clock.now() + this.backoffMs();
    if (!wasDown) {
      logger.warn(`${stage}: ${error.message}`, { code: error.code });
      events.emit('disconnected', { adapter: stage, error });
    }
    if (this.hasGivenUp)
      logger.error(`${stage}: gave up after ${this.failures} rounds`, { code: error.code });
    this.events.down(this.refusal() ?? error);
  }

  private gaveUp(error: ProducerError | undefined): ProducerError {
    return new ProducerError(
      'CLIENT_FATAL',
      `no broker could be reached in ${this.failures} rounds (reconnect.tries), the last because: ${error?.message ?? ''}`,
      { cause: error, stage },
    );
  }

  /** Doubled with each failure in a row, ±20 %. */
  private backoffMs(): number {
    const { intervalMs, maxIntervalMs } = this.source.settings.reconnect;
    const wait = Math.min(maxIntervalMs, intervalMs * 2 ** Math.min(30, this.failures - 1));
    return wait * (0.8 + 0.4 * this.env.random());
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.timer?.cancel();
        this.timer = this.wake = undefined;
        resolve();
      };
      this.wake = wake;
      this.timer = this.env.clock.after(ms, wake);
    });
  }
}
