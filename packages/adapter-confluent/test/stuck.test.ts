import { describe, expect, it } from 'vitest';
import { FakeCluster } from './fake-client.fixture.js';
import { Harness, ready } from './harness.fixture.js';

const to = (partition: number, ...values: string[]) =>
  values.map((value) => ({ topic: 't', partition, value }));
const patienceMs = 15_000;

/** Reports all records that a client has, except those of stuck partitions. */
async function answer(
  harness: Harness,
  isStuck: (client: number, partition: number) => boolean,
): Promise<void> {
  const { cluster } = harness;
  const good = cluster.waiting.filter(
    ({ by, partition }) => !isStuck(cluster.clients.indexOf(by), partition),
  );
  await harness.report(0, good);
}

describe.each([true, false])(
  'a client that lives and delivers nothing to a partition (idempotent: %s)',
  (idempotent) => {
    const stuckInFirst = (client: number, partition: number): boolean => client === 0 && partition === 1;
    const setup = {
      config: { 'enable.idempotence': idempotent },
      options: { requestTimeoutMs: 1_000 },
    };

    it('is replaced, and the next one delivers the records in order', async () => {
      const harness = await ready(setup);
      let sent = await harness.sent(to(1, 'a', 'b', 'c'));
      for (let ms = 0; ms < patienceMs + 3_000; ms += 500) {
        await answer(harness, stuckInFirst);
        await harness.wait(500);
        // As retry does it.
        if (sent.outcomes().every((outcome) => outcome !== undefined && outcome.status !== 'delivered')) {
          sent = harness.sendAgain(sent.deliveries);
          await harness.turns();
        }
      }
      for (let i = 0; i < 4; i++) await answer(harness, stuckInFirst);
      expect(harness.cluster.clients).toHaveLength(2);
      expect(sent.statuses()).toEqual(['delivered', 'delivered', 'delivered']);
      const [, second] = harness.cluster.clients;
      const brought = harness.cluster.produced.filter(({ by }) => by === second);
      expect(brought.map(({ value }) => value?.toString())).toEqual(['a', 'b', 'c']);
      expect(harness.env.logger.text()).toMatch(
        /warn confluent: the client died and is replaced: [\s\S]*warn confluent: the new client is connected to the cluster/,
      );
    });
  },
);

describe('a client that delivers nothing to a partition', () => {
  const setup = { options: { requestTimeoutMs: 1_000 } };

  /** Sends a new record to the partition every half second. */
  async function goOn(harness: Harness, ms: number, partition = 1): Promise<void> {
    for (let past = 0; past < ms; past += 500) {
      await harness.sent(to(partition, 'v'));
      await harness.wait(500);
    }
  }

  it('is replaced although no record is sent again', async () => {
    const harness = await ready(setup);
    await goOn(harness, patienceMs + 3_000);
    expect(harness.cluster.clients).toHaveLength(2);
    expect(harness.env.logger.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { message: expect.stringContaining("topic 't', partition 1") as string },
      { message: 'confluent: the new client is connected to the cluster' },
    ]);
  });

  it('delivers its records of other partitions first, and new records wait for the next client', async () => {
    const harness = await ready(setup);
    await goOn(harness, patienceMs - 500);
    const healthy = await harness.sent(to(0, 'x', 'y'));
    while (harness.cluster.clients.length === 1 && harness.env.clock.now() < 60_000) {
      const before = harness.cluster.produced.length;
      await harness.sent(to(2, 'z'));
      if (harness.cluster.produced.length === before) break; // it is given nothing more
      await harness.report(
        0,
        harness.cluster.waiting.filter(({ partition }) => partition === 2),
      );
      await harness.wait(250);
    }
    expect(harness.cluster.clients).toHaveLength(1);
    await harness.report(
      0,
      harness.cluster.waiting.filter(({ partition }) => partition !== 1),
    );
    await harness.wait(1_000);
    expect(healthy.statuses()).toEqual(['delivered', 'delivered']);
    expect(harness.cluster.clients).toHaveLength(2);
    await harness.report();
    expect(harness.cluster.produced.at(-1)?.value?.toString()).toBe('z');
  });

  it.each<[string, (cluster: FakeCluster) => void]>([
    ['has no leader', (cluster) => cluster.topics.get('t')?.forEach((one) => (one.leader = -1))],
    ['is not whole', (cluster) => cluster.topics.get('t')?.forEach((one) => (one.replicas = [1, 2, 3]))],
  ])('is not replaced while the partition %s', async (_, change) => {
    const harness = await ready(setup);
    await harness.sent(to(1, 'v'));
    change(harness.cluster);
    await goOn(harness, 120_000);
    expect(harness.cluster.clients).toHaveLength(1);
  });

  it('is not replaced while no broker names a leader', async () => {
    const harness = await ready(setup);
    await harness.sent(to(1, 'v'));
    harness.cluster.up = false;
    await goOn(harness, 120_000);
    expect(harness.cluster.clients).toHaveLength(1);
  });

  it('stays when it delivers a record to the partition at the last moment', async () => {
    const harness = await ready(setup);
    await goOn(harness, patienceMs - 500);
    await harness.sent(to(0, 'x')); // what it has for another partition is waited for
    const meanwhile = [];
    for (let i = 0; i < 3; i++) {
      meanwhile.push(await harness.sent(to(2, 'z')));
      await harness.wait(250);
    }
    await harness.report();
    await harness.wait(500);
    await harness.report();
    expect(meanwhile.map((sent) => sent.statuses())).toEqual([['delivered'], ['delivered'], ['delivered']]);
    expect(harness.cluster.clients).toHaveLength(1);
  });

  it('is not replaced because it is idle, or because of a record that was given up long ago', async () => {
    const harness = await ready(setup);
    await harness.sent(to(1, 'v'));
    await harness.wait(2_000);
    await harness.report();
    await harness.wait(60_000);
    await harness.sent(to(1, 'w'));
    await harness.wait(2_000);
    expect(harness.cluster.clients).toHaveLength(1);
  });

  it.each([3_000, 20_000, 100_000])(
    'is replaced seldom when brokers take %i ms for each record',
    async (slowMs) => {
      const harness = await ready(setup);
      const given = new Map<object, number>();
      const minutes = 60;
      for (let ms = 0; ms < minutes * 60_000; ms += 1_000) {
        if (ms % 5_000 === 0) await harness.sent([...to(0, 'v'), ...to(1, 'v'), ...to(2, 'v')]);
        for (const one of harness.cluster.waiting) if (!given.has(one)) given.set(one, ms);
        const due = harness.cluster.waiting.filter((one) => ms - (given.get(one) ?? ms) >= slowMs);
        if (due.length > 0) await harness.report(0, due);
        await harness.wait(1_000);
        harness.cluster.produced.splice(
          0,
          harness.cluster.produced.findIndex(({ reported }) => !reported),
        );
      }
      expect(harness.cluster.clients.length).toBeLessThanOrEqual(1 + 4 + minutes / 10);
    },
  );
});

describe('after the process was suspended', () => {
  it.each([true, false])(
    'reports that came meanwhile are no silence (idempotent: %s)',
    async (idempotent) => {
      const config = { 'enable.idempotence': idempotent };
      const harness = await ready({ config, options: { requestTimeoutMs: 1_000 } });
      const sent = await harness.sent(to(0, 'a'));
      harness.env.clock.arrive(5, () => harness.cluster.report());
      harness.env.clock.block(60_000);
      await harness.wait(1_000);
      expect(sent.statuses()).toEqual(['delivered']);
      expect(harness.cluster.clients).toHaveLength(1);
    },
  );

  it('a query that was answered meanwhile does not hang', async () => {
    const cluster = new FakeCluster({ t: 1 });
    const harness = await new Harness({ cluster }).connected();
    cluster.silent = true;
    await harness.sent(to(0, 'a'));
    cluster.silent = false;
    harness.env.clock.arrive(5, () => cluster.kept.forEach((answer) => answer()));
    harness.env.clock.block(60_000);
    await harness.wait(1_000);
    await harness.report();
    expect(cluster.clients).toHaveLength(1);
  });
});
