import { SerializedRecord, type Delivery } from '@holdfast/core/stage';
import { describe, expect, it } from 'vitest';
import { cipher, keeper, said, type Bind } from './stages.fixture.js';

const changes = { changesRecords: true };
const sealed = ({ topic, key, timestamp }: SerializedRecord): SerializedRecord =>
  new SerializedRecord(topic, key, null, undefined, undefined, timestamp);

/** Enciphers, and hands on what `pick` makes of the batch. */
const cipherAnd =
  (pick: (batch: Delivery[]) => Delivery[]): Bind =>
  (next, env) =>
    cipher((batch, settle) => next(pick(batch), settle), env);

describe('a stage that changes records is held to everything else:', () => {
  it('forgets a record', async () => {
    expect(
      await said(
        'cipher',
        cipherAnd((batch) => batch.slice(1)),
        {},
        changes,
      ),
    ).toContain("'cipher' never settled a delivery: topic orders, key 'k0', value '0'");
  });

  it('gives a record the receipt of another', async () => {
    const swaps: Bind = (next, env) => {
      const stage = cipher(next, env);
      return {
        send(batch, settle) {
          stage.send(batch, (settled) => {
            const [first] = settled;
            for (const one of settled) if (one.outcome?.status === 'delivered') one.outcome = first?.outcome;
            settle(settled);
          });
        },
      };
    };
    expect(await said('cipher', swaps, {}, changes)).toContain(
      "'cipher' settled as 'delivered' with a partition and an offset that the stage below never gave this delivery",
    );
  });

  it('turns a lane around', async () => {
    expect(
      await said(
        'cipher',
        cipherAnd((batch) => batch.reverse()),
        {},
        changes,
      ),
    ).toMatch(/I3: record \d+ .*, behind record \d+/);
  });

  it('writes a record a second time', async () => {
    const twice: Bind = (next, env) => {
      const sent = new WeakSet<Delivery>();
      const stage = cipher((batch, settle) => {
        next(batch, (settled) => {
          const again = settled.filter((one) => one.outcome?.status === 'delivered' && !sent.has(one));
          for (const one of again) sent.add(one);
          const done = settled.filter((one) => !again.includes(one));
          if (done.length > 0) settle(done);
          if (again.length > 0) env.clock.soon(() => next(again, settle));
        });
      }, env);
      return stage;
    };
    expect(await said('cipher', twice, {}, changes)).toContain(
      "'cipher' handed on again what had been delivered, which writes a copy: topic orders, key 'k0', value '0'",
    );
  });

  it('loses what it has accepted, in silence', async () => {
    const traits = { answers: 'acceptance' } as const;
    expect(await said('keeper', keeper(undefined, false), traits)).toMatch(
      /I1: record \d+ .* was answered 'accepted' and is not in the topic/,
    );
    expect(await said('sealed', keeper(sealed, false), traits, changes)).toMatch(
      /I1: record \d+ .* was answered 'accepted' and is not in the topic/,
    );
  });
});
