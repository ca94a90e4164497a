import { describe, expect, it } from 'vitest';
import { turn } from '../contract/deliveries.fixture.js';
import { HeldAdapter } from '../chain/held-adapter.fixture.js';
import { Gate, order, setUp } from './producer.fixture.js';

describe('flush', () => {
  it('resolves at once when nothing is on its way', async () => {
    const { producer, adapter, clock } = await setUp();
    await producer.flush();
    expect(adapter.done).toEqual(['connect', 'flush']);
    expect(clock.pending).toBe(0);
  });

  it('waits for what was sent before, not for what comes after it', async () => {
    const { producer, adapter, clock } = await setUp();
    producer.fireAndForget(order('before'));
    let flushed = false;
    const flush = producer.flush().then(() => (flushed = true));
    await clock.advance(1);
    // A load without end: at every moment something newer is on its way.
    for (let i = 0; i < 5; i++) {
      producer.fireAndForget(order(`after ${i}`));
      await clock.advance(1);
    }
    expect(flushed).toBe(false);
    const first = adapter.calls[0];
    for (const one of first?.batch ?? []) one.outcome = { status: 'accepted', by: 'test' };
    first?.settle([...(first?.batch ?? [])]);
    await flush;
    expect(producer.stats().held).toBe(5);
    expect(clock.pending).toBe(0);
  });

  it('waits for those in line for room, too', async () => {
    const gate = new Gate();
    const { producer, adapter } = await setUp({ use: [gate.middleware] });
    producer.send(order('a'), () => undefined);
    let flushed = false;
    const flush = producer.flush().then(() => (flushed = true));
    await turn();
    expect(adapter.done).toEqual(['connect']);
    gate.open(1);
    await turn();
    expect(flushed).toBe(false);
    adapter.answer();
    await flush;
  });

  it('rejects after its timeout, says how many are left, and they go on', async () => {
    const { producer, adapter, clock } = await setUp();
    const sent = producer.send(order('a'));
    const flush = producer.flush({ timeoutMs: 50 });
    flush.catch(() => undefined);
    await clock.advance(50);
    await expect(flush).rejects.toMatchObject({
      code: 'FLUSH_TIMEOUT',
      retriable: true,
      message: '1 records have no outcome after 50 ms; they go on',
    });
    adapter.answer();
    await sent;
  });

  it('collects the errors of stages that fail to flush, once the records are through', async () => {
    const adapter = new HeldAdapter();
    adapter.flush = () => Promise.reject(new Error('the client is broken'));
    const { producer } = await setUp({}, adapter);
    producer.fireAndForget(order('a'));
    const flush = producer.flush();
    flush.catch(() => undefined);
    await turn();
    adapter.answer();
    await expect(flush).rejects.toMatchObject({
      name: 'FlushError',
      code: 'FLUSH_FAILED',
      message: 'flushing failed in 1 place: the client is broken',
      errors: [new Error('the client is broken')],
    });
  });

  it('refuses a wrong timeout and an unknown option', async () => {
    const { producer } = await setUp();
    await expect(producer.flush({ timeoutMs: -1 })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    const misspelt = { timeout: 5 };
    await expect(producer.flush(misspelt as object)).rejects.toMatchObject({
      problems: ["unknown option 'timeout': flush has timeoutMs"],
    });
  });
});
