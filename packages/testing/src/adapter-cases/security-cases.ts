import type { AdapterCase, ClientSettings } from './adapter-case.js';
import type { KafkaControl, SecurityControl } from './kafka-control.js';

const wrongPassword = 'Wr0ng-pass-phrase';

function securityOf({ security }: KafkaControl): SecurityControl {
  if (security === undefined) throw new Error('this case needs a cluster with TLS, SASL and ACLs');
  return security;
}

const as =
  (user: 'allowed' | 'limited', password?: string) =>
  (control: KafkaControl): Partial<ClientSettings> => {
    const { ca, mechanism, users } = securityOf(control);
    return { tls: { ca }, sasl: { mechanism, ...users[user], ...(password !== undefined && { password }) } };
  };

const passwords = (control: KafkaControl): readonly string[] => {
  const { users } = securityOf(control);
  return [users.allowed.password, users.limited.password, wrongPassword];
};

/** `open` is the prefix of the topics that the users of a secure cluster may see. */
const topics = { 'open-t': {} };
const records: AdapterCase['steps'][number]['records'] = (topic) => [
  { topic: topic('open-t'), value: 'secret payload' },
];

/** TLS, login and permissions: each problem is one clear error without a secret. */
export const securityCases: readonly AdapterCase[] = [
  {
    name: 'over TLS with SASL/SCRAM',
    cluster: 'secure',
    client: as('allowed'),
    topics,
    steps: [{ records, untilDelivered: true }],
    secrets: (control) => [...passwords(control), 'secret payload'],
  },
  {
    name: 'a topic that the user may not even see fails alone',
    cluster: 'secure',
    client: as('allowed'),
    topics: { ...topics, 'closed-t': {} },
    steps: [
      { records, untilDelivered: true },
      {
        records: (topic) => [
          { topic: topic('closed-t'), value: 'secret payload' },
          { topic: topic('open-t'), value: 'v' },
        ],
        expected: [
          { status: 'failed', code: 'AUTHORIZATION_FAILED', retriable: false, kafka: 29 },
          { status: 'delivered' },
        ],
      },
    ],
    secrets: (control) => [...passwords(control), 'secret payload'],
  },
  {
    name: 'a topic that the user may see and not write to',
    cluster: 'secure',
    client: as('limited'),
    topics,
    steps: [
      { records, expected: { status: 'failed', code: 'AUTHORIZATION_FAILED', retriable: false, kafka: 29 } },
    ],
    secrets: (control) => [...passwords(control), 'secret payload'],
  },
  {
    name: 'a wrong password',
    cluster: 'secure',
    client: as('allowed', wrongPassword),
    topics,
    steps: [{ records, expected: { status: 'failed', code: 'AUTHENTICATION_FAILED', retriable: false } }],
    secrets: (control) => [...passwords(control), 'secret payload'],
  },
  {
    name: 'a certificate that nobody known has signed',
    cluster: 'secure',
    client: (control) => ({ ...as('allowed')(control), tls: { ca: securityOf(control).otherCa } }),
    topics,
    steps: [{ records, expected: { status: 'failed', code: 'TLS_FAILED', retriable: false } }],
    secrets: (control) => [...passwords(control), 'secret payload'],
  },
];
