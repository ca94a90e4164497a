import { createProducer, ProducerError, type Middleware } from '@holdfast/core';
import { circuitBreaker } from '@holdfast/circuit-breaker';
import { retry } from '@holdfast/retry';
import { fakeClock, scriptedAdapter, seededRandom, type ScriptedAdapter } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';

const topics = ['orders', 'events', 'audit'];
const keys = 20;
/** The number of calls that the breaker needs to open, so that none is in flight by then. */
const burst = 5;
const burstMs = 5 * 60_000;

interface Outage {
  readonly awayMs: number;
  readonly adapter: ScriptedAdapter;
  /** The announced openings, oldest first. */
  readonly opened: readonly { readonly circuit: string; readonly openMs: number; readonly at: number }[];
  readonly delivered: number;
  readonly sent: number;
}

/**
 * Sends records while brokers are away for `awayMs` of fake time. Then the brokers are back, and
 * everything is delivered.
 */
async function withoutBrokers(awayMs: number, use: readonly Middleware[]): Promise<Outage> {
  const clock = fakeClock();
  const away = new ProducerError('BROKER_UNREACHABLE', 'no broker', { retriable: true });
  const adapter = scriptedAdapter({
    clock,
    script: (_, { now }) => (now < awayMs ? { outcome: 'failed', error: away } : {}),
  });
  const producer = await createProducer({
    adapter,
    use,
    deliveryTimeoutMs: Infinity,
    env: { clock, random: seededRandom(1), logger: silent },
  });
  const opened: { circuit: string; openMs: number; at: number }[] = [];
  producer.on('circuit.opened', ({ circuit, openMs }) => opened.push({ circuit, openMs, at: clock.now() }));
  let sent = 0;
  let delivered = 0;
  for (let time = 0; time < awayMs; time += burstMs) {
    for (const topic of topics) {
      for (let i = 0; i < burst; i++) {
        const value = `${sent++}`;
        producer.send({ topic, key: `k${sent % keys}`, value }, (error) => void (error ?? delivered++));
      }
    }
    await clock.advance(burstMs);
  }
  await clock.until(producer.flush({ timeoutMs: awayMs }));
  await clock.until(producer.close());
  return { awayMs, adapter, opened, delivered, sent };
}

const nothing = (): void => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Returns when records of a topic were passed to the client while no broker was available. */
const attemptsIn = ({ adapter, awayMs }: Outage, topic: string): number[] =>
  adapter.calls
    .filter(
      ({ at, attempts }) => at < awayMs && attempts.some(({ delivery }) => delivery.record.topic === topic),
    )
    .map(({ at }) => at);

/** Expects one probe per opening, and none before the open time is over. */
function expectOnlyProbes(outage: Outage, topic: string): void {
  const opened = outage.opened.filter(({ circuit }) => circuit === topic);
  const probes = attemptsIn(outage, topic).slice(burst);
  expect(probes).toHaveLength(opened.length - 1);
  for (const [index, at] of probes.entries()) {
    const { at: openedAt = Infinity, openMs = 0 } = opened[index] ?? {};
    expect(at).toBeGreaterThanOrEqual(openedAt + openMs);
  }
}

/** Defines the tests of an outage, in which a circuit without jitter may probe `probes` times. */
export function defineOutage(name: string, awayMs: number, probes: number): void {
  describe(`brokers that are away for ${name}`, () => {
    it('are tried exactly as often as the breaker permits; then everything is delivered', async () => {
      const outage = await withoutBrokers(awayMs, [retry({ budget: false }), circuitBreaker({ jitter: 0 })]);
      for (const topic of topics) {
        expect(attemptsIn(outage, topic)).toHaveLength(burst + probes);
        expectOnlyProbes(outage, topic);
      }
      expect(outage.delivered).toBe(outage.sent);
    });

    it('are tried no more often with the defaults, or with one circuit for the cluster', async () => {
      const outage = await withoutBrokers(awayMs, [retry(), circuitBreaker()]);
      for (const topic of topics) expectOnlyProbes(outage, topic);
      expect(outage.delivered).toBe(outage.sent);
      const oneCircuit = circuitBreaker({ scope: 'cluster', jitter: 0 });
      const shared = await withoutBrokers(awayMs, [retry(), oneCircuit]);
      const calls = shared.adapter.calls.filter(({ at }) => at < awayMs).length;
      expect(calls).toBeLessThanOrEqual(topics.length * burst + probes);
      expect(shared.delivered).toBe(shared.sent);
    });
  });
}
