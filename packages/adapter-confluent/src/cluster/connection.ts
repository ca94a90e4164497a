import { ProducerError } from '@holdfast/core';
import { sleep } from '@holdfast/core/internal';
import { isError, type BaseEnv } from '@holdfast/core/stage';
import type { RdKafka } from '@confluentinc/kafka-javascript';
import type { ClientFactory } from '../client/client-factory.js';
import { nativeCodes } from '../client/native-errors.js';
import type { NativeLog } from '../client/native-events.js';
import { grantOrTurnOff, OutageDiagnosis } from '../client/outage-diagnosis.js';
import {
  clientDied,
  disconnected,
  gaveUpReconnecting,
  settingsRefused,
  stage,
  stillUnavailable,
} from '../errors.js';
import { SessionFactory } from './session-factory.js';
import { isQueryError, type Session, type SessionListener } from './session.js';

/** How long one query may block a thread of Node.js's pool, ms; doubled while answers are slow. */
const queryMs = 250;
const maxQueryMs = 4_000;
/** How long brokers that are not known to be down may take to accept the client, ms. */
const patienceMs = 5_000;
/**
 * How long a client has to live, once idempotence was refused, before it counts as accepted, ms.
 */
const probationMs = 1_000;

export interface ConnectionListener {
  /** A broker answers. */
  connected(): void;
  /** No broker answers; what waits can fail. */
  unavailable(error: ProducerError): void;
  /**
   * The client is dead and reports nothing any more. `sentNothing`: it never got so far as to send
   * a record.
   */
  died(error: ProducerError, sentNothing: boolean): void;
  /** A record's delivery report; `code` is 0 when it was delivered. */
  reported(report: RdKafka.DeliveryReport, code: number, error: unknown): void;
}

/** `doubtful`: whether a broker answers is not known. */
export type ConnectionState = 'new' | 'doubtful' | 'up' | 'down' | 'closed';

/**
 * Keeps one live client: makes it, checks that brokers answer, for ever unless limited, and
 * replaces it when it dies.
 */
export class ClusterConnection implements SessionListener {
  state: ConnectionState = 'new';
  session: Session | undefined;
  /**
   * How often a broker answered again, how often a dead client was replaced, and for how long a
   * quota held the client back.
   */
  readonly counts = { reconnects: 0, rebuilds: 0, throttledMs: 0 };
  private readonly diagnosis: OutageDiagnosis;
  private readonly sessions: SessionFactory;
  private readonly closed = new AbortController();
  private error: ProducerError | undefined;
  private isRunning = false;
  private hasWorked = false;
  /**
   * Why the client died, until it is logged: it may still turn out that the cluster refuses
   * idempotence.
   */
  private deathReason: string | undefined;
  /** It was logged that the client is replaced. */
  private isReplacing = false;
  private failures = 0;
  private nextAt = 0;

  constructor(
    private readonly env: BaseEnv,
    private readonly clients: ClientFactory,
    private readonly listener: ConnectionListener,
  ) {
    this.diagnosis = new OutageDiagnosis(clients.sanitize, clients.protocol);
    this.sessions = new SessionFactory(env.clock, clients, this);
  }

  /**
   * Resolves once a broker has answered; rejects with why the first round found none, and goes on.
   */
  connect(): Promise<void> {
    this.state = 'doubtful';
    return new Promise((resolve, reject) => {
      void this.run((error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  /** Returns why nothing can be sent; `undefined` while that is not known. */
  outage(): ProducerError | undefined {
    if (this.state === 'closed') return disconnected();
    if (this.state !== 'down') return undefined;
    if (this.hasGivenUp) return gaveUpReconnecting(this.failures, this.error);
    const retryAfter = Math.max(0, this.nextAt - this.env.clock.now());
    return stillUnavailable(this.error ?? this.diagnosis.toError(this.hasWorked), retryAfter);
  }

  /**
   * The client failed in a way that it does not recover from. `reason`: why, if it does not report
   * that itself.
   */
  replaceSession(reason?: string): void {
    const { session, diagnosis } = this;
    const isRefusal = diagnosis.refusesIdempotence;
    const why = reason ?? diagnosis.toError(true).message;
    const isDowngraded = isRefusal && this.state !== 'closed' && this.giveUpIdempotence();
    if (session === undefined || this.state === 'closed') return;
    this.session = undefined;
    this.sessions.retire(session);
    this.counts.rebuilds++;
    this.state = 'doubtful';
    const sentNothing = isRefusal && !session.hasAnswered;
    if (!isDowngraded) this.deathReason = why;
    if (reason !== undefined) this.logDeath();
    this.listener.died(clientDied(why), sentNothing);
    void this.run();
  }

  private logDeath(): void {
    if (this.deathReason === undefined) return;
    this.env.logger.warn(`${stage}: the client died and is replaced: ${this.deathReason}`);
    this.deathReason = undefined;
    this.isReplacing = true;
  }

  /**
   * From the next client on. Returns false when the user decided about idempotence, or it is off
   * already.
   */
  private giveUpIdempotence(): boolean {
    if (!this.clients.giveUpIdempotence()) return false;
    const detail = this.diagnosis.detail && ` (${this.diagnosis.detail})`;
    this.diagnosis.clear();
    this.deathReason = undefined;
    this.env.logger.warn(
      `${stage}: the cluster refuses idempotence${detail}, so records are sent without it: one whose answer is lost is sent again, and may be in its topic twice; ${grantOrTurnOff}`,
    );
    return true;
  }

  /** Brokers may be lost: queries them. Records go on to them unless all are known to be down. */
  check(): void {
    if (this.state !== 'up') return;
    if (this.diagnosis.allDown) this.state = 'doubtful';
    void this.run();
  }

  /** Resolves when the client is gone. */
  async close(): Promise<void> {
    this.state = 'closed';
    this.logDeath();
    this.closed.abort();
    const { session } = this;
    this.session = undefined;
    await this.sessions.close(session);
  }

  private get hasGivenUp(): boolean {
    return this.failures >= this.clients.settings.reconnect.tries;
  }

  /**
   * Repeats rounds until one finds a broker, or for ever. `onFirst` is called with the result of
   * the first one.
   */
  private async run(onFirst: (error: ProducerError | undefined) => void = () => undefined): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    for (let onRound = onFirst; this.isOpen(); onRound = () => undefined) {
      const error = await this.round();
      if (!this.isOpen()) {
        onRound(disconnected());
        break;
      }
      if (error === undefined) this.found();
      else this.lost(error);
      onRound(error);
      if (error === undefined || this.hasGivenUp) break;
      await this.pause(this.backoffMs());
    }
    this.isRunning = false;
  }

  // The state changes while a round waits; through a method, the type checker does not assume that
  // it stayed.
  private isOpen(): boolean {
    return this.state !== 'closed';
  }

  /**
   * Makes a client if there is none, and queries brokers through it. Resolves with why none
   * answers.
   */
  private async round(): Promise<ProducerError | undefined> {
    const { clock } = this.env;
    const until = clock.now() + patienceMs;
    if (this.state !== 'up') this.diagnosis.allDown = false;
    for (let waitMs = queryMs; this.isOpen(); ) {
      const { idempotent } = this.clients.traits;
      const session = this.session ?? (await this.makeSession());
      if (ProducerError.is(session)) return session;
      const answer = await session.reach(waitMs);
      const isAccepted = this.session === session && !isQueryError(answer);
      if (isAccepted && this.diagnosis.refusesIdempotence) await this.pause(probationMs);
      if (this.session !== session) {
        // It died meanwhile. The next one may be accepted, if it is the first without idempotence.
        const isFirstWithout = idempotent !== this.clients.traits.idempotent;
        const isFinal = isAccepted || this.diagnosis.refusesIdempotence;
        if (!isFirstWithout && (isFinal || clock.now() >= until))
          return this.diagnosis.toError(this.hasWorked && !isFinal);
        continue;
      }
      if (!isQueryError(answer)) return undefined;
      if (answer.code === nativeCodes.timedOut) waitMs = Math.min(maxQueryMs, waitMs * 2);
      if (this.diagnosis.allDown || clock.now() >= until) return this.diagnosis.toError(this.hasWorked);
    }
    return undefined;
  }

  private async makeSession(): Promise<Session | ProducerError> {
    const { sessions } = this;
    if (sessions.pauseMs > 0) await this.pause(sessions.pauseMs);
    await sessions.retired();
    this.logDeath();
    let session: Session;
    try {
      session = await sessions.create();
    } catch (thrown) {
      if (ProducerError.is(thrown)) return thrown;
      return settingsRefused(this.clients.sanitize(isError(thrown) ? thrown.message : 'no reason given'));
    }
    if (!this.isOpen()) {
      await session.close();
      return disconnected();
    }
    return (this.session = session);
  }

  // What a session reports.

  readonly reported = (report: RdKafka.DeliveryReport, code: number, error: unknown): void => {
    this.listener.reported(report, code, error);
  };

  /** While there is no session, the one that reports is being opened. */
  failed(session: Session, message: string): void {
    if (this.session !== undefined && session !== this.session) return;
    const isDead = this.diagnosis.readError(message);
    if (isDead) this.replaceSession();
    else if (this.diagnosis.allDown) this.check();
  }

  logged(session: Session, line: NativeLog): void {
    const isUseless = this.diagnosis.readLog(line);
    this.env.logger.debug(`librdkafka: ${this.clients.sanitize(line.message)}`, {
      fac: line.fac,
      severity: line.severity,
    });
    if (isUseless && session === this.session) this.replaceSession();
  }

  throttled(ms: number): void {
    this.counts.throttledMs += ms;
    this.env.events.emit('throttled', { adapter: stage, ms });
  }

  hangs(session: Session): void {
    if (session === this.session) this.replaceSession('a call of it does not return');
  }

  // What a round has found.

  private found(): void {
    const { events, logger } = this.env;
    const wasDown = this.state === 'down' || this.error !== undefined;
    this.diagnosis.clear();
    this.error = undefined;
    this.failures = 0;
    this.state = 'up';
    if (this.isReplacing && !wasDown) logger.warn(`${stage}: the new client is connected to the cluster`);
    this.isReplacing = false;
    if (wasDown && this.hasWorked) this.counts.reconnects++;
    if (wasDown || !this.hasWorked) {
      logger[wasDown ? 'warn' : 'info'](`${stage}: connected to the cluster`);
      events.emit('connected', { adapter: stage });
    }
    this.hasWorked = true;
    this.listener.connected();
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
    this.listener.unavailable(this.outage() ?? error);
  }

  /** Doubles with each failure in a row, ±20 %. */
  private backoffMs(): number {
    const { intervalMs, maxIntervalMs } = this.clients.settings.reconnect;
    const wait = Math.min(maxIntervalMs, intervalMs * 2 ** Math.min(30, this.failures - 1));
    return wait * (0.8 + 0.4 * this.env.random());
  }

  private pause(ms: number): Promise<void> {
    return sleep(this.env.clock, ms, this.closed.signal);
  }
}
