import { cutName } from '@holdfast/core/internal';
import {
  aBoolean,
  aFunction,
  anObject,
  numberBetween,
  wholeNumberBetween,
  type OptionCheck,
} from '@holdfast/core/stage';

const longestTimeoutMs = 2 ** 31 - 1;
const milliseconds = numberBetween(0, longestTimeoutMs, 'ms');
const someMilliseconds = numberBetween(1, longestTimeoutMs, 'ms');
const atLeast0 = numberBetween(0, Infinity);

/**
 * The mechanisms that kafkajs has built in, in capitals as it compares them, and the fields that
 * each needs. kafkajs itself checks these when it connects, which is too late:
 * https://kafka.js.org/docs/configuration#sasl
 */
const mechanisms: ReadonlyMap<string, readonly string[]> = new Map([
  ['PLAIN', ['username', 'password']],
  ['SCRAM-SHA-256', ['username', 'password']],
  ['SCRAM-SHA-512', ['username', 'password']],
  ['AWS', ['authorizationIdentity', 'accessKeyId', 'secretAccessKey']],
  ['OAUTHBEARER', ['oauthBearerProvider']],
]);

const aText: OptionCheck = (value) => (typeof value === 'string' ? undefined : 'must be a string');

const isOff = (value: unknown): boolean => value === null || value === false;

const sslCheck: OptionCheck = (value) =>
  isOff(value) || value === true || anObject(value) === undefined
    ? undefined
    : 'must be true, false or the options of tls.connect';

const saslCheck: OptionCheck = (value) => {
  if (isOff(value)) return undefined;
  if (anObject(value) !== undefined) return 'must be an object, as { mechanism, username, password }';
  const read = (name: string): unknown => Reflect.get(Object(value), name);
  const mechanism = read('mechanism');
  if (typeof mechanism !== 'string') return 'needs a mechanism, a string';
  if (typeof read('authenticationProvider') === 'function') return undefined;
  const needed = mechanisms.get(mechanism.toUpperCase());
  if (needed === undefined) {
    const known = [...mechanisms.keys()].map((one) => `'${one.toLowerCase()}'`).join(', ');
    return `has the unknown mechanism '${cutName(mechanism)}': kafkajs has ${known}; another needs an authenticationProvider, a function`;
  }
  const missing = needed.filter((name) => (read(name) ?? undefined) === undefined);
  return missing.length === 0 ? undefined : `of the mechanism '${mechanism}' lacks ${missing.join(', ')}`;
};

const retryCheck: OptionCheck = (value) => {
  const names = ['maxRetryTime', 'initialRetryTime', 'factor', 'multiplier', 'retries'];
  const wrong =
    anObject(value) ??
    names
      .map((name): [string, unknown] => [name, Reflect.get(Object(value), name)])
      .flatMap(([name, one]) => (one === undefined ? [] : [[name, atLeast0(one)] as const]))
      .flatMap(([name, problem]) => (problem === undefined ? [] : [`'${name}' ${problem}`]))
      .join(', ');
  return wrong === '' ? undefined : wrong;
};

const brokersCheck: OptionCheck = (value) => {
  if (typeof value === 'function') return undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const wrong = list.filter((one) => !isAddress(one));
  if (list.length > 0 && wrong.length === 0) return undefined;
  // A password may stand in front of an @.
  const named = wrong
    .map((one) => (typeof one === 'string' && !one.includes('@') ? `'${cutName(one)}'` : `a ${typeof one}`))
    .join(', ');
  return `must be a list of 'host:port' that is not empty, or a function that gives one${named && `; not ${named}`}`;
};

/** kafkajs splits an address at the first colon. */
function isAddress(one: unknown): boolean {
  const [, port] = typeof one === 'string' ? (/^[^\s:/]+:(\d{1,5})$/.exec(one) ?? []) : [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

const checks: { readonly [name: string]: OptionCheck } = {
  brokers: brokersCheck,
  ssl: sslCheck,
  sasl: saslCheck,
  clientId: aText,
  connectionTimeout: someMilliseconds,
  authenticationTimeout: someMilliseconds,
  reauthenticationThreshold: milliseconds,
  requestTimeout: someMilliseconds,
  enforceRequestTimeout: aBoolean,
  retry: retryCheck,
  socketFactory: aFunction,
  logLevel: wholeNumberBetween(0, 5),
  logCreator: aFunction,
};

/**
 * Returns the problems of a configuration of kafkajs, which itself accepts anything, and fails
 * later or waits for ever.
 */
export function configProblems(given: object): readonly string[] {
  return Object.entries(checks).flatMap(([name, check]) => {
    try {
      const value: unknown = Reflect.get(given, name);
      const problem = value === undefined && name !== 'brokers' ? undefined : check(value);
      return problem === undefined ? [] : [`'${name}' ${problem}`];
    } catch {
      return [`'${name}' cannot be read: a getter or a Proxy throws`];
    }
  });
}
