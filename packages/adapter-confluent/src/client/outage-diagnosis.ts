import { ProducerError } from '@holdfast/core';
import { errorCodeOf } from '@holdfast/core/adapter';
import type { KafkaError, KnownErrorCode } from '@holdfast/core/stage';
import type { NativeLog } from '../cluster/session.js';
import { stage } from '../stage.js';

interface Cause {
  readonly code: KnownErrorCode;
  readonly remedy: string;
  readonly kafka?: KafkaError;
}

const unreachable: Cause = {
  code: 'BROKER_UNREACHABLE',
  // A broker ends the connection of a client that does not speak as its listener does, and says nothing.
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
  remedy: 'the brokers know no idempotence (Kafka has it from 0.11 on); set idempotent: false',
};

// The text of librdkafka's err2str, which is all that arrives in Node; the client lowers its case.
const byText: readonly (readonly [RegExp, Cause])[] = [
  [/authentication failure/i, login],
  [/ssl error/i, tls],
  [/cluster authorization failed/i, notAllowed],
  [/required feature not supported|failed to acquire .* unsupported version/i, notSupported],
];
const allDown = /all broker connections are down/i;
/** librdkafka asks for a producer id again for ever, whatever the broker answers. */
const noSuchRequest = /failed to acquire .* unsupported version/i;
const fatal = /fatal error|cluster authorization failed|required feature not supported|fenced/i;

/** Severities of syslog up to this one tell of a failure. */
const warning = 4;

/** What the brokers' listeners are expected to speak. */
export function protocolOf(config: { readonly 'security.protocol'?: unknown }): string {
  const { 'security.protocol': given } = config;
  return typeof given === 'string' ? given : 'plaintext';
}

/** Remembers why brokers cannot be reached: librdkafka tells it in events, and its answers only say that they cannot. */
export class Causes {
  private cause = unreachable;
  /** What librdkafka's log says of it. */
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

  /** A broker answers: what was before says nothing about what comes. */
  clear(): void {
    this.cause = unreachable;
    this.detail = '';
    this.allDown = false;
    this.refusesIdempotence = false;
  }

  /** Takes one error event; answers whether the instance is dead. */
  note(message: string): boolean {
    if (allDown.test(message)) this.allDown = true;
    this.recognise(message);
    return fatal.test(message);
  }

  /** Takes one log line; answers whether the instance is good for nothing. */
  noteLog({ fac, message, severity }: NativeLog): boolean {
    const isUseless = fac === 'GETPID' && noSuchRequest.test(message);
    if ((fac === 'FAIL' && severity <= warning + 2) || fac === 'FATAL' || isUseless)
      this.detail = this.clean(message);
    // It says why the instance dies before the instance says that it does.
    if (fac === 'FATAL' || isUseless) this.recognise(message);
    return isUseless;
  }

  private recognise(message: string): void {
    const found = byText.find(([text]) => text.test(message))?.[1];
    if (found !== undefined) this.cause = found;
    if (found === notAllowed || found === notSupported) this.refusesIdempotence = true;
  }

  /** The one error for records that cannot go. `worked`: brokers have let this client in before. */
  error(retryAfter: number | undefined, worked: boolean): ProducerError {
    const { code, remedy, kafka } = this.cause;
    const what = {
      AUTHENTICATION_FAILED: 'the broker refused the login',
      TLS_FAILED: 'no TLS with the broker',
    };
    const told =
      code === 'AUTHENTICATION_FAILED' || code === 'TLS_FAILED' ? what[code] : 'no broker can be used';
    const which = this.cause === unreachable ? ` '${this.protocol}'` : '';
    return new ProducerError(code, `${told}${this.detail && ` (${this.detail})`}: ${remedy}${which}`, {
      kafka,
      // A broker that just starts knows no users yet, so a login that worked before is tried again.
      retriable: worked || this.cause === unreachable,
      retryAfter,
      stage,
    });
  }

  /** Without the thread's name in front, and without how often it was said before. */
  private clean(message: string): string {
    const bare = message.replace(/^\[thrd:[^\]]*\]: /, '').replace(/ \(after \d+ms in state .*$/, '');
    return this.sanitize(bare).slice(0, 300);
  }
}
