import type { ConfluentConfig } from '@holdfast/adapter-confluent';
import type { KafkaConfig } from 'kafkajs';

/** Where a client connects, and as whom. */
export interface Access {
  readonly brokers: readonly string[];
  /** Undefined: the brokers ask nobody who he is. */
  readonly login: Login | undefined;
}

/** TLS, and a name and password over SCRAM-SHA-256. */
export interface Login {
  /** The authority that signed the brokers' certificates, as PEM. */
  readonly ca: string;
  readonly username: string;
  readonly password: string;
}

/** In kafkajs's words. */
export function kafkajsAccess({ brokers, login }: Access): KafkaConfig {
  if (login === undefined) return { brokers: [...brokers] };
  const { ca, username, password } = login;
  return {
    brokers: [...brokers],
    ssl: { ca: [ca] },
    sasl: { mechanism: 'scram-sha-256', username, password },
  };
}

/** In librdkafka's words. */
export function librdkafkaAccess({ brokers, login }: Access): ConfluentConfig {
  return {
    'bootstrap.servers': brokers.join(','),
    ...(login !== undefined && {
      'security.protocol': 'sasl_ssl',
      'ssl.ca.pem': login.ca,
      'sasl.mechanism': 'SCRAM-SHA-256',
      'sasl.username': login.username,
      'sasl.password': login.password,
    }),
  };
}
