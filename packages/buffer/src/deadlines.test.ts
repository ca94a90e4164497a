import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codes, harness, values } from './harness.fixture.js';

describe('deadlines that come out of order', () => {
  it('end each record at its own, behind others in a lane, outside lanes and outside the bounds', async () => {
    const { env, send, up, below, deliver } = harness({ maxRecords: 4 });
    const first = send([{ key: 'a', value: 'below' }], { deadline: 10_000 });
    await env.clock.runSoon();
    send([{ key: 'a', value: 'long' }], { deadline: 10_000 });
    send([{ key: 'a', value: 'short' }], { deadline: 300 });
    send([{ key: 'a', value: 'long too' }], { deadline: Infinity });
    send([{ key: 'b', value: 'outside, long' }], { deadline: 10_000 });
    send([{ key: 'b', value: 'outside, short' }], { deadline: 200 });
    await env.clock.advance(250);
    expect(values(up)).toEqual(['outside, short']);
    await env.clock.advance(100);
    expect(values(up)).toEqual(['outside, short', 'short']);
    expect(codes(up)).toEqual(['DELIVERY_TIMEOUT', 'DELIVERY_TIMEOUT']);
    deliver(first);
    await env.clock.runSoon();
    expect(below.slice(1).flatMap(({ batch }) => values(batch))).toEqual([
      'outside, long',
      'long',
      'long too',
    ]);
  });

  it('end every record in time and leave the others in order, whatever the deadlines', async () => {
    const record = fc.record({
      lane: fc.nat({ max: 3 }),
      timeoutMs: fc.constantFrom(50, 400, 3_000, Infinity),
    });
    const property = fc.asyncProperty(
      fc.array(fc.record({ records: fc.array(record, { maxLength: 8 }), ms: fc.nat({ max: 300 }) })),
      fc.boolean(),
      async (steps, dropsOldest) => {
        const bench = harness({ maxRecords: 20, ...(dropsOldest ? { overflow: 'drop-oldest' } : {}) });
        const { env, up, below } = bench;
        const deadlines = new Map<string, number>();
        // Every lane is closed, so that what comes later waits.
        const held = bench.send([0, 1, 2, 3].map((lane) => ({ key: `${lane}`, value: `held ${lane}` })));
        await env.clock.runSoon();
        for (const { records, ms } of steps) {
          for (const { lane, timeoutMs } of records) {
            const value = String(deadlines.size);
            const deadline = env.clock.now() + timeoutMs;
            deadlines.set(value, deadline);
            bench.send([{ key: `${lane}`, value }], { deadline });
          }
          await env.clock.advance(ms);
          const ended = new Set(values(up));
          for (const [value, deadline] of deadlines) {
            const late = env.clock.now() - deadline;
            if (late > 51) expect(ended, `${value} is ${late} ms late`).toContain(value);
          }
        }
        for (const { deadline, outcome } of up) {
          const code = outcome !== undefined && 'error' in outcome ? outcome.error.code : '';
          if (code === 'DELIVERY_TIMEOUT') expect(deadline).toBeLessThanOrEqual(env.clock.now());
          else expect(code).toBe('DROPPED_OLDEST');
        }
        const kept = [...deadlines.keys()].filter((value) => !values(up).includes(value));
        bench.deliver(held, 0);
        for (let call = 1; kept.length > 0 && call <= kept.length; call++) {
          await env.clock.runSoon();
          const { batch } = below[call] ?? { batch: [] };
          bench.deliver(batch, call);
        }
        const sent = below.slice(1).flatMap(({ batch }) => batch);
        for (const lane of ['0', '1', '2', '3']) {
          const ofLane = sent.filter(({ record }) => Buffer.from(record.key ?? []).toString() === lane);
          expect(values(ofLane).map(Number)).toEqual(
            values(ofLane)
              .map(Number)
              .sort((a, b) => a - b),
          );
        }
        expect(values(sent).sort()).toEqual(kept.sort());
        expect(bench.stage.stats?.()).toMatchObject({
          waitingRecords: 0,
          waitingBytes: 0,
          inFlightRecords: 0,
        });
        await env.clock.advance(10_000);
        expect(env.clock.pending).toBe(0);
      },
    );
    await checkProperty(property);
  });
});
