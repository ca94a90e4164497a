/**
 * The shared cases as somebody outside of this repository runs them, with the published package alone: his cluster is known by
 * its addresses and by functions of his own that break it.
 */
import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import { adapterCases, checkAdapterCases, kafkaControl, summaryOf, whyLeftOut } from '@holdfast/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeAdapter } from './make-adapter.js';

let cluster: KafkaCluster;

beforeAll(async () => {
  cluster = await startKafka({ brokers: 3, require: 'real' });
});
afterAll(() => cluster?.down());

it('runs every case that a cluster without TLS can have', { timeout: 600_000 }, async () => {
  const control = await kafkaControl({
    brokers: cluster.brokers.slice(0, 1),
    kill: ({ nodeId }) => cluster.kill(nodeId),
    start: ({ nodeId }) => cluster.start(nodeId, { wait: false }),
    pause: ({ nodeId }) => cluster.pause(nodeId),
    resume: ({ nodeId }) => cluster.resume(nodeId),
  });
  expect(control.size).toBe(3);
  const report = await checkAdapterCases({ control, makeAdapter });
  expect(report.failed).toEqual([]);
  expect(summaryOf(report)).toBe(
    '19 of 24 cases passed; 5 were LEFT OUT: it needs a cluster with TLS, SASL and ACLs (security)',
  );
});

it('without such functions it leaves out what breaks brokers, and says so', async () => {
  const control = await kafkaControl({ brokers: cluster.brokers });
  const reasons = adapterCases.flatMap((one) => whyLeftOut(one, control) ?? []);
  expect(reasons).toHaveLength(10);
  await expect(control.kill(1)).rejects.toThrow("kafkaControl was given no 'kill', which this case needs");
});
