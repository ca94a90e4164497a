import { describe, expect, it, vi } from 'vitest';
import { FakeCluster } from './fake-client.fixture.js';
import { Harness, ready } from './harness.fixture.js';

const ofOneLane = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ topic: 't', partition: 0, value: `v${n}` }));

// Seen on three brokers that were killed and returned: the first records of a batch were refused
// for want of a leader; the others, a few milliseconds later, waited for the next metadata, and
// were written long before the first.
describe('a lane of a batch', () => {
  it('fails as a whole when the metadata of its leader gets old meanwhile', async () => {
    const cluster = new FakeCluster();
    const [partition] = cluster.topics.get('t') ?? [];
    if (partition === undefined) throw new Error('no partition');
    partition.leader = -1;
    const harness = await new Harness({ cluster }).connected();
    const refused = 'failed LEADER_UNAVAILABLE';
    expect((await harness.sent(ofOneLane(1))).statuses()).toEqual([refused]);
    partition.leader = 1;
    await harness.wait(200); // the answer holds for 250 ms
    // Each reading of the clock takes a while, as it does for a batch of thousands on a busy
    // machine.
    const { clock } = harness.env;
    const now = clock.now.bind(clock);
    let looks = 0;
    const slow = vi.spyOn(clock, 'now').mockImplementation(() => now() + 5 * looks++);
    const sent = harness.send(ofOneLane(6));
    slow.mockRestore();
    await harness.turns();
    await harness.report();
    expect(sent.statuses()).toEqual(Array.from({ length: 6 }, () => refused));
    expect(cluster.values()).toEqual([]);
  });

  it('is not written from its second record on when the client refuses the first one', async () => {
    const harness = await ready();
    harness.cluster.throwNext = Object.assign(new Error('unknown topic'), { code: -188 });
    const sent = await harness.sent([...ofOneLane(3), { topic: 't', partition: 1, value: 'another lane' }]);
    await harness.report();
    const refused = 'failed UNKNOWN_TOPIC';
    expect(sent.statuses()).toEqual([refused, refused, refused, 'delivered']);
    expect(harness.cluster.values()).toEqual(['another lane']);
  });

  it('goes on behind a record that will not be retried', async () => {
    const harness = await ready();
    harness.cluster.throwNext = Object.assign(new Error('invalid argument'), { code: -186 });
    const sent = await harness.sent(ofOneLane(2));
    await harness.report();
    expect(sent.statuses()).toEqual(['failed INVALID_RECORD', 'delivered']);
  });
});
