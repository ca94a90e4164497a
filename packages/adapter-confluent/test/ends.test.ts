/**
 * Records whose client dies, whose time is over or whose adapter closes: the client's reports hold.
 */
import { describe, expect, it } from 'vitest';
import type { Produced } from './fake-client.fixture.js';
import { Harness, ready } from './harness.fixture.js';

const to = (partition: number, ...values: string[]) =>
  values.map((value) => ({ topic: 't', partition, value }));
const dead = Object.assign(new Error('Local: Erroneous state'), { code: -172 });
const fatal = -150;

/** Has the client die at the next record that it is given, in this turn. */
function dies(harness: Harness): void {
  harness.cluster.throwNext = dead;
  harness.send(to(2, 'of another batch'));
}

const waitingFor = (harness: Harness, value: string): Produced[] =>
  harness.cluster.waiting.filter((one) => one.value?.toString() === value);

describe('a report in the turn in which the client died', () => {
  it('makes the record delivered, not unknown', async () => {
    const harness = await ready();
    const sent = await harness.sent([...to(0, 'a'), ...to(1, 'b')]);
    harness.cluster.report(0, waitingFor(harness, 'a'));
    dies(harness);
    await harness.turns();
    expect(sent.statuses()).toEqual(['delivered', 'unknown CLIENT_FATAL']);
  });

  it('counts even behind the report that shows the client dead', async () => {
    const harness = await ready();
    const sent = await harness.sent([...to(0, 'a'), ...to(1, 'b'), ...to(2, 'c')]);
    harness.cluster.report(fatal, waitingFor(harness, 'a'));
    harness.cluster.report(0, waitingFor(harness, 'b'));
    await harness.turns();
    expect(sent.statuses()).toEqual(['unknown CLIENT_FATAL', 'delivered', 'unknown CLIENT_FATAL']);
    await harness.wait(1_000);
    expect(harness.cluster.clients).toHaveLength(2);
  });

  it('lets other records go to the next client, not to the dead one', async () => {
    const harness = await new Harness().connected();
    const sent = await harness.sent(to(0, 'a', 'b')); // 'b' waits until 'a' is confirmed
    harness.cluster.report(0, waitingFor(harness, 'a'));
    harness.cluster.clients[0]?.emit('event.error', new Error('fatal error'));
    await harness.wait(1_000);
    await harness.report();
    expect(sent.statuses()).toEqual(['delivered', 'delivered']);
    expect(harness.cluster.produced.filter((one) => one.value?.toString() === 'b')).toMatchObject([
      { by: harness.cluster.clients[1] },
    ]);
  });
});

describe('a broker that disagrees with the client on what is written', () => {
  it.each([45, 47, 59])(
    '%i: the records go in order through another client, and it says why',
    async (code) => {
      const harness = await ready();
      const sent = await harness.sent(to(0, 'a', 'b', 'c'));
      await harness.report(code, waitingFor(harness, 'a'));
      expect(sent.statuses()).toEqual(Array(3).fill('unknown CLIENT_FATAL'));
      expect(sent.outcomes()[0]).toMatchObject({ error: { retriable: true } });
      expect(harness.env.logger.lines.map(({ message }) => message)).toContainEqual(
        expect.stringMatching(/the client died and is replaced: a broker does not agree with it on what/),
      );
      await harness.wait(1_000);
      harness.cluster.produced.length = 0;
      const again = harness.sendAgain(sent.deliveries);
      await harness.turns();
      await harness.report();
      await harness.report();
      expect(harness.cluster.values()).toEqual(['a', 'b', 'c']);
      expect(again.statuses()).toEqual(Array(3).fill('delivered'));
    },
  );
});

it.each([-150, 45])(
  'what waits behind a record of its batch that kills the client goes after it: %i',
  async (code) => {
    const harness = await new Harness().connected();
    const sent = await harness.sent(to(0, 'a', 'b')); // 'b' waits until 'a' is confirmed
    await harness.report(code);
    expect(sent.statuses()).toEqual(['unknown CLIENT_FATAL', 'failed CLIENT_FATAL']);
    await harness.wait(1_000);
    expect(harness.cluster.values()).toEqual(['a']);
  },
);

it('the rest of a batch does not go before the earlier records that the client died with', async () => {
  const partitioner = ({ key }: { readonly key: Uint8Array | null }): number => {
    if (key !== null) throw new Error('no partition for it');
    return 0;
  };
  const harness = await ready({ options: { partitioner } });
  const { cluster } = harness;
  const record = (value: string) => ({ topic: 't', value, ...(value === 'bad' && { key: 'k' }) });
  // The client takes 'a' and dies at 'b'. The records without a partition fail before that.
  cluster.take = (one) => {
    cluster.produced.push(one);
    if (one.value?.toString() === 'a') cluster.throwNext = dead;
  };
  const sent = await harness.sent(['a', 'bad', 'b', 'bad', 'c'].map(record));
  await harness.wait(1_000);
  expect(sent.statuses()).toEqual([
    'unknown CLIENT_FATAL',
    'failed UNKNOWN_PARTITION',
    'failed CLIENT_FATAL',
    'failed UNKNOWN_PARTITION',
    'failed CLIENT_FATAL',
  ]);
  expect(cluster.values()).toEqual(['a']);
});

it('a record that expired while a client had it goes to the next client once that one is gone', async () => {
  const harness = await ready({ options: { requestTimeoutMs: 1_000 } });
  const sent = await harness.sent(to(0, 'a'));
  await harness.wait(1_250);
  expect(sent.statuses()).toEqual(['unknown REQUEST_TIMED_OUT']);
  dies(harness);
  await harness.wait(1_000);
  const again = harness.sendAgain(sent.deliveries);
  await harness.turns();
  expect(waitingFor(harness, 'a')).toMatchObject([{ by: harness.cluster.clients.at(-1) }]);
  await harness.report();
  expect(again.statuses()).toEqual(['delivered']);
});

it('disconnect waits until its deadline for records that the client has', async () => {
  const harness = await ready();
  const sent = await harness.sent(to(0, 'a'));
  const gone = harness.adapter.disconnect(harness.env.clock.now() + 1_000);
  await harness.wait(500);
  expect(sent.statuses()).toEqual(['-']);
  await harness.report();
  await gone;
  expect(sent.statuses()).toEqual(['delivered']);
});

it.each([
  ['its time is over', 1_000, (): unknown => undefined],
  ['disconnect has to end', 500, ({ adapter, env }: Harness) => adapter.disconnect(env.clock.now() + 500)],
])('a record whose report is read just before %s is delivered', async (_, ms, begin) => {
  const harness = await ready({ options: { requestTimeoutMs: 1_000 } });
  const { cluster, env } = harness;
  const sent = await harness.sent(to(0, 'a'));
  begin(harness);
  // In the last round of reading before the time-out.
  env.clock.arrive(ms, () => env.clock.soon(() => cluster.report()));
  await harness.wait(ms + 500);
  expect(sent.statuses()).toEqual(['delivered']);
});
