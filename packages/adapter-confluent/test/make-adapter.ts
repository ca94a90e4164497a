import type { ClientSettings, MakeAdapter } from '@holdfast/testing';
import { confluentAdapter, type ConfluentConfig } from '../src/index.js';

/** Translates the settings of the shared cases to librdkafka's properties. */
export const configOf = ({ brokers, tls, sasl, compression = 'none' }: ClientSettings): ConfluentConfig => ({
  'bootstrap.servers': brokers.join(','),
  'compression.type': compression,
  ...(tls !== undefined && { 'ssl.ca.pem': tls.ca }),
  ...(sasl !== undefined && {
    'sasl.mechanism': sasl.mechanism,
    'sasl.username': sasl.username,
    'sasl.password': sasl.password,
  }),
  'security.protocol': protocol(tls !== undefined, sasl !== undefined),
});

export const makeAdapter: MakeAdapter = (settings) =>
  confluentAdapter(configOf(settings), {
    requestTimeoutMs: settings.requestTimeoutMs,
    ...(settings.idempotent !== undefined && { idempotent: settings.idempotent }),
  });

export const withoutIdempotence: MakeAdapter = (settings) => makeAdapter({ idempotent: false, ...settings });

function protocol(tls: boolean, sasl: boolean): 'plaintext' | 'ssl' | 'sasl_plaintext' | 'sasl_ssl' {
  if (tls) return sasl ? 'sasl_ssl' : 'ssl';
  return sasl ? 'sasl_plaintext' : 'plaintext';
}
