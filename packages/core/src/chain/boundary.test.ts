import { describe, expect, it } from 'vitest';
import { Boundary } from './boundary.js';
import { deliveryOf, turn } from '../contract/deliveries.fixture.js';
import type { Delivery } from '../contract/delivery.js';
import { ProducerError } from '../contract/error.js';
import { fork } from '../contract/fork.js';
import { delivered, textOf } from './held-adapter.fixture.js';
import type { Send, Settle } from '../contract/middleware.js';
import { failed, type Outcome } from '../contract/outcome.js';
import { settledMark } from './settled.js';

type Behaviour = (batch: Delivery[], settle: Settle, next: Send) => unknown;

/** The dispatcher, a stage that the test controls, and an adapter that settles when the test says so. */
function setUp(behave: Behaviour) {
  const violations: string[] = [];
  const settled: string[] = [];
  const below: { batch: Delivery[]; settle: Settle }[] = [];
  const report = (stage: string, message: string, error?: unknown): void =>
    void violations.push(
      `${stage} ${message.split(';')[0]}${error instanceof Error ? `: ${error.message}` : ''}`,
    );
  const adapter = new Boundary(
    'adapter',
    2,
    { send: (batch, settle) => void below.push({ batch, settle }) },
    undefined,
    report,
  );
  const stage = new Boundary(
    'stage',
    1,
    { send: (batch, settle) => behave(batch, settle, adapter.enter) },
    adapter,
    report,
  );
  const settleAtTop: Settle = (batch) => {
    for (const one of batch) {
      const { outcome } = one;
      settled.push(
        `${textOf(one)} ${outcome?.status}${outcome !== undefined && 'error' in outcome ? ` ${outcome.error.code}` : ''}`,
      );
      one.completion = settledMark;
    }
  };
  const send = (...values: string[]): Delivery[] => sendBy(settleAtTop, ...values);
  const sendBy = (settle: Settle, ...values: string[]): Delivery[] => {
    const batch = values.map((value) => deliveryOf(value));
    stage.enter([...batch], settle);
    return batch;
  };
  const answer = (outcomeOf: (delivery: Delivery) => Outcome = delivered): void => {
    for (const { batch, settle } of below.splice(0)) {
      for (const one of batch) one.outcome = outcomeOf(one);
      settle(batch);
    }
  };
  return { send, sendBy, answer, settled, violations, stage, adapter, below, settleAtTop };
}

const fail = (word = 'oops'): never => {
  throw new Error(word);
};
const settleAs = (batch: Delivery[], outcome: Outcome): Delivery[] => {
  for (const one of batch) one.outcome = outcome;
  return batch;
};
const refusal = failed(new ProducerError('CIRCUIT_OPEN', 'open'));

describe('a stage that throws', () => {
  it('before it handed anything on: failed, with its name and its error', () => {
    const { send, settled, violations } = setUp(() => fail());
    const [a] = send('a', 'b');
    expect(settled).toEqual(['a failed STAGE_FAILED', 'b failed STAGE_FAILED']);
    expect(a?.outcome).toMatchObject({
      error: { message: "the stage 'stage' threw; 'cause' has its error", stage: 'stage' },
    });
    expect(violations).toEqual(['stage threw from send: oops']);
  });

  it('after it handed all on: nothing is lost, and nothing settled twice', () => {
    const { send, settled, answer } = setUp((batch, settle, next) => {
      next(batch, settle);
      fail();
    });
    send('a');
    expect(settled).toEqual([]);
    answer();
    expect(settled).toEqual(['a delivered']);
  });

  it('after it handed a part on: the rest is unknown', () => {
    const { send, settled, answer } = setUp((batch, settle, next) => {
      next(batch.slice(0, 1), settle);
      fail();
    });
    send('a', 'b');
    expect(settled).toEqual(['b unknown STAGE_FAILED']);
    answer();
    expect(settled).toEqual(['b unknown STAGE_FAILED', 'a delivered']);
  });

  it('after it settled a part: the rest once', () => {
    const { send, settled, violations } = setUp((batch, settle) => {
      settle(settleAs(batch.slice(0, 1), refusal));
      fail();
    });
    send('a', 'b');
    expect(settled).toEqual(['a failed CIRCUIT_OPEN', 'b failed STAGE_FAILED']);
    expect(violations).toHaveLength(1);
  });

  it('and still has them in a queue: what it hands on later is dropped, not written', () => {
    let later = (): void => undefined;
    const { send, settled, below, violations } = setUp((batch, settle, next) => {
      later = () => next(batch, settle);
      fail();
    });
    send('a');
    later();
    expect(below).toEqual([]);
    expect(settled).toEqual(['a failed STAGE_FAILED']);
    expect(violations[1]).toBe('stage handed on a delivery that it does not hold');
  });

  it('keeps an outcome that is there already', () => {
    const { send, settled } = setUp((batch) => {
      settleAs(batch, refusal);
      fail();
    });
    send('a');
    expect(settled).toEqual(['a failed CIRCUIT_OPEN']);
  });

  it('or rejects, and is an adapter: nobody knows what its client has, so all is unknown', async () => {
    const { settleAtTop, settled } = setUp(() => undefined);
    for (const send of [(): never => fail(), (): Promise<never> => Promise.reject(new Error('oops'))]) {
      const client = new Boundary('client', 1, { send }, undefined, () => undefined);
      client.enter([deliveryOf('a')], settleAtTop);
      await turn();
    }
    expect(settled).toEqual(['a unknown STAGE_FAILED', 'a unknown STAGE_FAILED']);
  });
});

describe('a stage whose send is async', () => {
  it('and rejects before it handed anything on: failed', async () => {
    const { send, settled } = setUp(async () => fail());
    send('a');
    expect(settled).toEqual([]);
    await turn();
    expect(settled).toEqual(['a failed STAGE_FAILED']);
  });

  it('and rejects after it handed a part on: the rest is unknown', async () => {
    const { send, settled, answer } = setUp(async (batch, settle, next) => {
      await turn();
      next(batch.slice(1), settle);
      fail();
    });
    send('a', 'b');
    await turn();
    await turn();
    answer();
    expect(settled).toEqual(['a unknown STAGE_FAILED', 'b delivered']);
  });

  it('and rejects when all has come back already: nothing more', async () => {
    const { send, settled, answer } = setUp(async (batch, settle, next) => {
      next(batch, settle);
      await turn();
      fail();
    });
    send('a');
    answer();
    await turn();
    await turn();
    expect(settled).toEqual(['a delivered']);
  });

  it('and rejects while what came back is still with it: that goes up as it came', async () => {
    const { send, settled, answer } = setUp(async (batch, _settle, next) => {
      next(batch, () => undefined);
      await turn();
      fail();
    });
    send('a');
    answer();
    await turn();
    await turn();
    expect(settled).toEqual(['a delivered']);
  });

  it('a thenable that is no promise counts as one', async () => {
    const { send, settled } = setUp(() => ({
      then: (_resolve: unknown, reject: (error: Error) => void) => reject(new Error('x')),
    }));
    send('a');
    await turn();
    expect(settled).toEqual(['a failed STAGE_FAILED']);
  });
});

describe('a stage that throws when outcomes come back', () => {
  it('what came back goes up as it came, and the adapter sees no exception', () => {
    const { send, settled, answer, violations } = setUp((batch, _settle, next) => next(batch, () => fail()));
    send('a', 'b');
    expect(() => answer()).not.toThrow();
    expect(settled).toEqual(['a delivered', 'b delivered']);
    expect(violations).toEqual(['stage threw when outcomes came back to it: oops']);
  });

  it('each batch goes up the way it came down, also when a later one has come another way', () => {
    const { sendBy, answer, settleAtTop } = setUp((batch, _settle, next) => next(batch, () => fail()));
    const ways: string[] = [];
    const way =
      (name: string): Settle =>
      (batch) => {
        ways.push(...batch.map((one) => `${textOf(one)} ${name}`));
        settleAtTop(batch);
      };
    sendBy(way('first'), 'a');
    sendBy(way('second'), 'b');
    sendBy(way('third'), 'c');
    answer();
    expect(ways).toEqual(['a first', 'b second', 'c third']);
  });

  it('what it settled or handed on again before is left alone', () => {
    const { send, settled, answer } = setUp((batch, settle, next) =>
      next(batch, ([first, second]) => {
        if (first !== undefined) settle([first]);
        if (second !== undefined) next([second], settle);
        fail();
      }),
    );
    send('a', 'b', 'c');
    answer(() => refusal);
    expect(settled).toEqual(['a failed CIRCUIT_OPEN', 'c failed CIRCUIT_OPEN']);
    answer();
    expect(settled).toEqual(['a failed CIRCUIT_OPEN', 'c failed CIRCUIT_OPEN', 'b delivered']);
  });
});

describe('a stage that breaks the contract', () => {
  it('settles twice, in two calls or in one: the second is dropped', () => {
    const { send, settled, violations } = setUp((batch, settle) => {
      settleAs(batch, refusal);
      settle([...batch, ...batch]);
      settle(batch);
    });
    send('a');
    expect(settled).toEqual(['a failed CIRCUIT_OPEN']);
    expect(violations).toEqual(
      Array(2).fill('stage settled a delivery twice, or one that it was never handed'),
    );
  });

  it('settles what it has handed on: dropped, and the true outcome counts', () => {
    const { send, settled, answer, violations } = setUp((batch, settle, next) => {
      next([...batch], settle);
      settle(settleAs(batch, refusal));
    });
    send('a');
    answer();
    expect(settled).toEqual(['a delivered']);
    expect(violations).toEqual(['stage settled a delivery that it had handed on']);
  });

  it('hands on twice: sent once', () => {
    const { send, below, violations } = setUp((batch, settle, next) => {
      next([...batch], settle);
      next(batch, settle);
    });
    send('a');
    expect(below).toHaveLength(1);
    expect(violations).toEqual(['stage handed on a delivery that it does not hold']);
  });

  it('hands on after it settled: not sent', () => {
    const { send, below, settled } = setUp((batch, settle, next) => {
      settle([...settleAs(batch, refusal)]);
      next(batch, settle);
    });
    send('a');
    expect(below).toEqual([]);
    expect(settled).toEqual(['a failed CIRCUIT_OPEN']);
  });

  it('settles without an outcome: unknown, also when an earlier attempt had one', () => {
    const { send, settled, answer, below, violations } = setUp((batch, settle, next) =>
      next(batch, (back) => next(back, settle)),
    );
    send('a');
    answer(() => refusal);
    for (const { batch, settle } of below.splice(0)) settle(batch);
    expect(settled).toEqual(['a unknown STAGE_FAILED']);
    expect(violations).toEqual(['adapter settled a delivery without an outcome']);
  });

  it('settles a delivery that it was never given', () => {
    const { send, settled, violations } = setUp((batch, settle) =>
      settle([...settleAs(batch, refusal), ...settleAs([deliveryOf('foreign')], refusal)]),
    );
    send('a');
    expect(settled).toEqual(['a failed CIRCUIT_OPEN']);
    expect(violations).toEqual(['stage settled a delivery twice, or one that it was never handed']);
  });

  it('is handed records after it was closed: failed, and named', () => {
    const { send, stage, settled, violations } = setUp((batch, settle) => settle(batch));
    stage.closed = true;
    send('a');
    expect(settled).toEqual(['a failed CLOSED']);
    expect(violations).toEqual(['stage was handed records after it was closed']);
  });
});

describe('what a stage may do', () => {
  it('send deliveries of its own, which come back to it alone', () => {
    const back: string[] = [];
    const { send, settled, answer, violations } = setUp((batch, settle, next) => {
      const copies = batch.map((one) => fork(one, one.record));
      next(copies, (answers) => {
        back.push(...answers.map(({ outcome }) => `${outcome?.status}`));
        settle(settleAs(batch, { status: 'dead-lettered', to: 'dlq', error: refusal.error }));
      });
    });
    send('a');
    answer();
    expect(back).toEqual(['delivered']);
    expect(settled).toEqual(['a dead-lettered CIRCUIT_OPEN']);
    expect(violations).toEqual([]);
  });

  it('hand on nothing, and settle nothing', () => {
    const { send, settled, below, violations } = setUp((batch, settle, next) => {
      next([], settle);
      settle([]);
      next(batch, settle);
    });
    send('a');
    expect(below).toHaveLength(1);
    expect(settled).toEqual([]);
    expect(violations).toEqual([]);
  });

  it('queue what comes in several sends, and settle in one batch what is to go up one way', () => {
    const queue = new Map<Settle, Delivery[]>();
    const { sendBy, settleAtTop, violations } = setUp((batch, settle) => {
      queue.set(settle, [...(queue.get(settle) ?? []), ...batch]);
    });
    const batches: string[] = [];
    const way =
      (name: string): Settle =>
      (batch) => {
        batches.push(`${batch.map(textOf).join(' ')} ${name}`);
        settleAtTop(batch);
      };
    const [first, second] = [way('first'), way('second')];
    sendBy(first, 'a');
    sendBy(second, 'b');
    sendBy(first, 'c');
    sendBy(second, 'd');
    for (const [settle, batch] of queue) settle(settleAs(batch, refusal));
    expect(batches).toEqual(['a c first', 'b d second']);
    expect(violations).toEqual([]);
  });
});
