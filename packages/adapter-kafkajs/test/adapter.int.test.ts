/**
 * The shared cases as somebody outside this repository runs them, with the published package alone:
 * their cluster is known by one address, and by their own functions that break it.
 */
import { startKafka } from '@holdfast/kafka';
import { adapterCases, kafkaControl, type KafkaControl } from '@holdfast/testing';
import { adapterOnKafka } from '@holdfast/testing/vitest';
import { makeAdapter, withoutIdempotence } from './make-adapter.js';
import { reader } from './make-reader.js';
import { readVectors } from './vectors.js';

/**
 * With idempotence, the adapter repeats requests without a response, and delivers them once another
 * broker leads.
 */
const isOfOneAttempt = ({ name }: { readonly name: string }): boolean =>
  name === 'a leader accepts requests and answers none';

adapterOnKafka({
  name: 'kafkajs',
  control: outsidersControl,
  cases: adapterCases.filter((one) => one.cluster === 'plain' && !isOfOneAttempt(one)),
  vectors: readVectors(),
  makeAdapter,
  reader,
});

adapterOnKafka({
  name: 'kafkajs without idempotence',
  control: outsidersControl,
  cases: adapterCases.filter(({ cluster }) => cluster === 'plain'),
  makeAdapter: withoutIdempotence,
  reader,
});

adapterOnKafka({
  name: 'kafkajs with TLS, SASL and ACLs',
  control: () => startKafka({ brokers: 1, secure: true, require: 'real' }),
  cases: adapterCases.filter(({ cluster }) => cluster === 'secure'),
  makeAdapter,
  reader,
});

async function outsidersControl(): Promise<KafkaControl & AsyncDisposable> {
  const cluster = await startKafka({ brokers: 3, require: 'real' });
  const control = await kafkaControl({
    brokers: cluster.brokers.slice(0, 1),
    kill: ({ nodeId }) => cluster.kill(nodeId),
    start: ({ nodeId }) => cluster.start(nodeId, { wait: false }),
    pause: ({ nodeId }) => cluster.pause(nodeId),
    resume: ({ nodeId }) => cluster.resume(nodeId),
  });
  return Object.assign(control, { [Symbol.asyncDispose]: () => cluster.down() });
}
