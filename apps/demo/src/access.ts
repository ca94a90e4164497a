import type { ConfluentConfig } from '@holdfast/adapter-confluent';
import type { KafkaConfig } from 'kafkajs';

/** Where a client connects, and as which user. */
export interface Access {
  readonly brokers: readonly string[];
  /** Undefined: the brokers do not authenticate anyone. */
  readonly login: Login | undefined;
}

/** TLS, and a name and password over SCRAM-SHA-256. */
export interface Login {
  /** The certificate authority that signed the brokers' certificates, as PEM. */
  readonly ca: string;
  readonly username: string;
  readonly password: string;
}

/** As kafkajs's configuration. */
export function kafkajsAccess({ brokers, login }: Access): KafkaConfig {
  if (login === undefined) return { brokers: [...brokers] };
  const { ca, username, password } = login;
  return {
    brokers: [...brokers],
    ssl: { ca: [ca] },
    sasl: { mechanism: 'scram-sha-256', username, password },
  };
}

/** As librdkafka's configuration. */
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
