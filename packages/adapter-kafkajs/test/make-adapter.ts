import { kafkajsAdapter } from '../src/kafkajs-adapter.js';
import type { ClientSettings, MakeAdapter } from '@holdfast/testing';
import type { KafkaConfig, SASLOptions } from 'kafkajs';

/** Converts the shared cases' settings to kafkajs's configuration. */
export function configOf({ brokers, tls, sasl }: ClientSettings): KafkaConfig {
  const config: KafkaConfig = { brokers: [...brokers] };
  if (tls !== undefined) config.ssl = { ca: tls.ca };
  if (sasl !== undefined) config.sasl = login(sasl.mechanism, sasl.username, sasl.password);
  return config;
}

/** Makes the adapter for the shared cases. */
export const makeAdapter: MakeAdapter = (settings) => {
  const { requestTimeoutMs, compression, idempotent } = settings;
  return kafkajsAdapter(configOf(settings), {
    requestTimeoutMs,
    ...(compression !== undefined && { compression }),
    ...(idempotent !== undefined && { idempotent }),
  });
};

/** By default the adapter is idempotent. */
export const withoutIdempotence: MakeAdapter = (settings) => makeAdapter({ idempotent: false, ...settings });

function login(mechanism: string, username: string, password: string): SASLOptions {
  const known = (['plain', 'scram-sha-256', 'scram-sha-512'] as const).find(
    (one) => one === mechanism.toLowerCase(),
  );
  if (known === undefined) throw new Error(`no login with ${mechanism} here`);
  return { mechanism: known, username, password };
}
