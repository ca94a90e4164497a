import type { ProducerError } from '@holdfast/core';
import { errorCodeOf } from '@holdfast/core/adapter';
import type { KafkaError, KnownErrorCode } from '@holdfast/core/stage';
import { noUsableBroker } from '../errors.js';
import type { NativeLog } from './native-events.js';

interface Cause {
  readonly code: KnownErrorCode;
  readonly remedy: string;
  readonly kafka?: KafkaError;
}

const unreachable: Cause = {
  code: 'BROKER_UNREACHABLE',
  // A broker closes the connection of a client whose protocol is not its listener's, without a
  // reason.
  remedy:
    'check that the brokers run, that bootstrap.servers names them, and that their listeners are of the security.protocol',
};
const login: Cause = {
  code: 'AUTHENTICATION_FAILED',
  remedy: 'check sasl.mechanism, sasl.username and sasl.password',
};
const tls: Cause = {
  code: 'TLS_FAILED',
  remedy:
    "check ssl.ca.location (or ssl.ca.pem), the certificate's names, and that what answers there speaks TLS",
};
/** What to do about a cluster that gives this user no producer id. */
export const grantOrTurnOff =
  'grant IdempotentWrite on the cluster (from Kafka 2.8 on, Write on a topic is enough), or set idempotent: false';
const notAllowed: Cause = {
  code: errorCodeOf(31),
  kafka: { code: 31, name: 'CLUSTER_AUTHORIZATION_FAILED' },
  remedy: `the user may not be idempotent; ${grantOrTurnOff}`,
};
const notSupported: Cause = {
  code: errorCodeOf(35),
  kafka: { code: 35, name: 'UNSUPPORTED_VERSION' },
  remedy: 'the brokers do not support idempotence (Kafka has it from 0.11 on); set idempotent: false',
};

// The texts of librdkafka's err2str are all that arrives in Node.js; the client lowers their case.
const causesByText: readonly (readonly [RegExp, Cause])[] = [
  [/authentication failure/i, login],
  [/ssl error/i, tls],
  [/cluster authorization failed/i, notAllowed],
  [/required feature not supported|failed to acquire .* unsupported version/i, notSupported],
];
const allDown = /all broker connections are down/i;
/** librdkafka requests a producer id again for ever, whatever the broker answers. */
const noSuchRequest = /failed to acquire .* unsupported version/i;
const fatal = /fatal error|cluster authorization failed|required feature not supported|fenced/i;

/** librdkafka logs a connection's failure with a severity up to this one: syslog's `info`. */
const leastSevere = 6;

/** Returns `security.protocol`, which the brokers' listeners are expected to speak. */
export function protocolOf(config: { readonly 'security.protocol'?: unknown }): string {
  const { 'security.protocol': given } = config;
  return typeof given === 'string' ? given : 'plaintext';
}

/**
 * Remembers why brokers cannot be reached: librdkafka reports that in events, and its answers only
 * that they cannot.
 */
export class OutageDiagnosis {
  private cause = unreachable;
  /** What librdkafka logged about the cause; '' for nothing. */
  detail = '';
  /** Every known broker has failed since the last `clear`. */
  allDown = false;
  /** The cluster refuses idempotence to this user, or is too old for it. */
  refusesIdempotence = false;

  /** `protocol`: the client's `security.protocol`. */
  constructor(
    private readonly sanitize: (text: string) => string,
    private readonly protocol: string,
  ) {}

  /** A broker answers: earlier failures say nothing about later ones. */
  clear(): void {
    this.cause = unreachable;
    this.detail = '';
    this.allDown = false;
    this.refusesIdempotence = false;
  }

  /** Takes an error event. Returns true when the client is dead. */
  readError(message: string): boolean {
    if (allDown.test(message)) this.allDown = true;
    this.recognise(message);
    return fatal.test(message);
  }

  /** Takes a line of the log. Returns true when the client can do nothing any more. */
  readLog({ fac, message, severity }: NativeLog): boolean {
    const isUseless = fac === 'GETPID' && noSuchRequest.test(message);
    if ((fac === 'FAIL' && severity <= leastSevere) || fac === 'FATAL' || isUseless)
      this.detail = this.clean(message);
    // The reason is logged before the client reports its death.
    if (fac === 'FATAL' || isUseless) this.recognise(message);
    return isUseless;
  }

  private recognise(message: string): void {
    const found = causesByText.find(([text]) => text.test(message))?.[1];
    if (found !== undefined) this.cause = found;
    if (found === notAllowed || found === notSupported) this.refusesIdempotence = true;
  }

  /**
   * Returns the error for records that cannot be sent. `hasWorked`: brokers have accepted this
   * client before.
   */
  toError(hasWorked: boolean): ProducerError {
    const { cause } = this;
    const isUnreachable = cause === unreachable;
    const remedy = isUnreachable ? `${cause.remedy} '${this.protocol}'` : cause.remedy;
    // A starting broker knows no users yet, so a login that worked before is tried again.
    return noUsableBroker({ ...cause, remedy }, this.detail, hasWorked || isUnreachable);
  }

  /** Removes the thread's name at the beginning, and the number of repetitions at the end. */
  private clean(message: string): string {
    const bare = message.replace(/^\[thrd:[^\]]*\]: /, '').replace(/ \(after \d+ms in state .*$/, '');
    return this.sanitize(bare).slice(0, 300);
  }
}
