import { createProducer, ProducerError, type Middleware } from '@holdfast/core';
import { circuitBreaker } from '@holdfast/circuit-breaker';
import { retry } from '@holdfast/retry';
import { fakeClock, scriptedAdapter, seededRandom, type ScriptedAdapter } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';

const anHourMs = 3_600_000;
const topics = ['orders', 'events', 'audit'];
const keys = 20;
/** As many calls as the breaker needs to open, so that none is under way by then. */
const burst = 5;
const burstMs = 5 * 60_000;

interface Outage {
  readonly adapter: ScriptedAdapter;
  /** Openings as they were announced, oldest first. */
  readonly opened: readonly { readonly circuit: string; readonly openMs: number; readonly at: number }[];
  readonly delivered: number;
  readonly sent: number;
}

/** Brokers away for an hour of fake time, with records coming all the while; then they are back, and all is delivered. */
async function anHourWithoutBrokers(use: readonly Middleware[]): Promise<Outage> {
  const clock = fakeClock();
  const away = new ProducerError('BROKER_UNREACHABLE', 'no broker', { retriable: true });
  const adapter = scriptedAdapter({
    clock,
    script: (_, { now }) => (now < anHourMs ? { outcome: 'failed', error: away } : {}),
  });
  const producer = await createProducer({
    client: adapter,
    use,
    deliveryTimeoutMs: Infinity,
    env: { clock, random: seededRandom(1), logger: silent },
  });
  const opened: { circuit: string; openMs: number; at: number }[] = [];
  producer.on('circuit.opened', ({ circuit, openMs }) => opened.push({ circuit, openMs, at: clock.now() }));
  let sent = 0;
  let delivered = 0;
  for (let time = 0; time < anHourMs; time += burstMs) {
    for (const topic of topics) {
      for (let i = 0; i < burst; i++) {
        const value = `${sent++}`;
        producer.send({ topic, key: `k${sent % keys}`, value }, (error) => void (error ?? delivered++));
      }
    }
    await clock.advance(burstMs);
  }
  await clock.until(producer.flush({ timeoutMs: anHourMs }));
  await clock.until(producer.close());
  return { adapter, opened, delivered, sent };
}

const nothing = (): void => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** When a topic's records were handed to the client while no broker was there. */
const attemptsIn = ({ adapter }: Outage, topic: string): number[] =>
  adapter.calls
    .filter(
      ({ at, attempts }) => at < anHourMs && attempts.some(({ delivery }) => delivery.record.topic === topic),
    )
    .map(({ at }) => at);

/** Each opening allows one probe, and not before its time is over. */
function expectOnlyProbes(outage: Outage, topic: string): void {
  const opened = outage.opened.filter(({ circuit }) => circuit === topic);
  const probes = attemptsIn(outage, topic).slice(burst);
  expect(probes).toHaveLength(opened.length - 1);
  for (const [index, at] of probes.entries()) {
    const { at: openedAt = Infinity, openMs = 0 } = opened[index] ?? {};
    expect(at).toBeGreaterThanOrEqual(openedAt + openMs);
  }
}

/** 1, 2 and 4 s, then 5 s each: a probe after each of them that ends within the hour. */
function probesAllowed(): number {
  let probes = 0;
  let time = 0;
  for (let openMs = 1_000; time + openMs < anHourMs; openMs = Math.min(5_000, openMs * 2)) {
    time += openMs;
    probes++;
  }
  return probes;
}

describe('brokers that are away for an hour', () => {
  it('are tried as often as the breaker allows, and not once more; then everything is delivered', async () => {
    const outage = await anHourWithoutBrokers([retry({ budget: false }), circuitBreaker({ jitter: 0 })]);
    expect(probesAllowed()).toBe(721);
    for (const topic of topics) {
      expect(attemptsIn(outage, topic)).toHaveLength(burst + probesAllowed());
      expectOnlyProbes(outage, topic);
    }
    expect(outage.delivered).toBe(outage.sent);
  }, 60_000);

  it('are tried no more often with the defaults, nor with one circuit for the cluster', async () => {
    const outage = await anHourWithoutBrokers([retry(), circuitBreaker()]);
    for (const topic of topics) expectOnlyProbes(outage, topic);
    expect(outage.delivered).toBe(outage.sent);
    const shared = await anHourWithoutBrokers([retry(), circuitBreaker({ scope: 'cluster', jitter: 0 })]);
    const calls = shared.adapter.calls.filter(({ at }) => at < anHourMs).length;
    expect(calls).toBeLessThanOrEqual(topics.length * burst + probesAllowed());
    expect(shared.delivered).toBe(shared.sent);
  }, 60_000);
});
