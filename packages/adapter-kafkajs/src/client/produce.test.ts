/** The memory of a request is given back, however it ends; and responses that cannot be read. */
import type { Codec } from '../wire/codec.js';
import { SerializedRecord } from '@holdfast/core/stage';
import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { freePages } from '../../test/crc-pages.fixture.js';
import { produce, type ExchangeConnection } from './produce.js';
import type { ProduceRequestData } from '../wire/encode-produce.js';

type Queued = Parameters<ExchangeConnection['requestQueue']['push']>[0];

/** A connection of kafkajs with a queue and a socket that the test controls. */
class Wire implements ExchangeConnection {
  readonly clientId = 'c';
  sasl: object | undefined;
  readonly queued: Queued[] = [];
  /** The bytes written, and the callback of that write. */
  readonly writes: { readonly bytes: Buffer; readonly done: (error?: Error) => void }[] = [];
  readonly calls: string[] = [];
  throttledMs = 0;
  open = true;
  authenticated = true;
  readonly requestQueue = {
    push: (request: Queued) => void this.queued.push(request),
    maybeThrottle: (ms: number) => void (this.throttledMs = ms),
  };
  socket: ExchangeConnection['socket'] = {
    writable: true,
    write: (bytes: Buffer, done: (error?: Error) => void) => {
      this.calls.push('write');
      this.writes.push({ bytes, done });
      return true;
    },
  };
  isConnected = (): boolean => this.open;
  isAuthenticated = (): boolean => this.authenticated;
  authenticate = (): Promise<void> => {
    this.calls.push('authenticate');
    this.authenticated = true;
    return Promise.resolve();
  };
  private lastId = 0;
  nextCorrelationId = (): number => ++this.lastId;
}

const record = new SerializedRecord('t', null, Buffer.from('value'), undefined, 0, 1_700_000_000_000);
const requestWith = (more: Partial<ProduceRequestData> = {}): ProduceRequestData => ({
  acks: -1,
  timeoutMs: 1_000,
  codec: undefined,
  producer: undefined,
  topics: new Map([['t', new Map([[0, { partition: 0, firstSequence: 0, deliveries: [{ record }] }]])]]),
  ...more,
});
const versions = { minVersion: 0, maxVersion: 7 };

interface Sent {
  readonly wire: Wire;
  readonly clock: ReturnType<typeof fakeClock>;
  readonly answer: ReturnType<typeof produce>;
}
function send(request: ProduceRequestData, onEncoded = (): void => undefined, wire = new Wire()): Sent {
  const clock = fakeClock();
  const answer = produce(wire, versions, { request: () => request, onEncoded }, clock);
  answer.catch(() => undefined);
  return { wire, clock, answer };
}
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

/** A response of version 7 for one partition, offset 5. */
const wholeAnswer = Buffer.from(
  '00000001' +
    '000174' +
    '00000001' +
    '00000000' +
    '0000' +
    '0000000000000005' +
    'ffffffffffffffff' +
    '0000000000000000' +
    '00000007',
  'hex',
).subarray(0);

describe('the memory of a request', () => {
  it('is given back when the request is written, and not before', async () => {
    const free = freePages();
    const { wire, answer } = send(requestWith());
    wire.queued[0]?.sendRequest();
    expect(freePages()).toBe(free - 1);
    wire.queued[0]?.entry.reject(new Error('timed out')); // The socket may still read it.
    expect(freePages()).toBe(free - 1);
    wire.writes[0]?.done(new Error('closed'));
    expect(freePages()).toBe(free);
    await expect(answer).rejects.toThrow('timed out');
  });

  it.each([
    [
      'the connection is lost while it waits in the queue of kafkajs',
      ({ wire }: Sent) => wire.queued[0]?.entry.reject(new Error('lost')),
    ],
    [
      'the socket is gone when its turn comes',
      ({ wire }: Sent) => {
        wire.socket = undefined;
        wire.queued[0]?.sendRequest();
      },
    ],
  ])('is given back when %s', async (_, end) => {
    const free = freePages();
    const sent = send(requestWith());
    expect(freePages()).toBe(free - 1);
    end(sent);
    expect(freePages()).toBe(free);
    await expect(sent.answer).rejects.toThrow();
  });

  it('is given back once, however often the request ends', async () => {
    const free = freePages();
    const { wire, answer } = send(requestWith());
    for (let turn = 0; turn < 2; turn++) wire.queued[0]?.entry.reject(new Error('lost'));
    await expect(answer).rejects.toThrow('lost');
    expect(freePages()).toBe(free);
  });

  it('is given back with acks 0', async () => {
    const free = freePages();
    const { wire, answer } = send(requestWith({ acks: 0 }));
    expect(wire.queued[0]?.expectResponse).toBe(false);
    wire.queued[0]?.sendRequest();
    wire.queued[0]?.entry.resolve({ payload: null });
    wire.writes[0]?.done();
    expect(await answer).toBeUndefined();
    expect(freePages()).toBe(free);
  });

  it('is given back when the request turns out to be too large', async () => {
    const free = freePages();
    const { wire, answer } = send(requestWith(), () => {
      throw new Error('no more');
    });
    await expect(answer).rejects.toThrow('no more');
    expect([wire.queued, freePages()]).toEqual([[], free]);
  });

  it('is given back when a record cannot be encoded', async () => {
    const free = freePages();
    const bad = new SerializedRecord('t', null, null, {}, 0, 0);
    let reads = 0;
    Object.defineProperty(bad, 'value', { get: () => Buffer.alloc(reads++) });
    const partition = { partition: 0, firstSequence: 0, deliveries: [{ record: bad }] };
    const { answer } = send(requestWith({ topics: new Map([['t', new Map([[0, partition]])]]) }));
    await expect(answer).rejects.toMatchObject({ code: 'INVALID_RECORD' });
    expect(freePages()).toBe(free);
  });
});

describe('a response', () => {
  const answered = async (payload: Buffer): Promise<unknown> => {
    const { wire, answer } = send(requestWith());
    wire.queued[0]?.sendRequest();
    wire.writes[0]?.done();
    wire.queued[0]?.entry.resolve({ payload });
    return { answer: await answer, throttledMs: wire.throttledMs };
  };

  it('is decoded, and has kafkajs wait for a quota', async () => {
    expect(await answered(wholeAnswer)).toMatchObject({
      answer: { topics: [{ name: 't', partitions: [{ partition: 0, errorCode: 0, baseOffset: 5 }] }] },
      throttledMs: 7,
    });
  });

  it('that is cut off anywhere leaves open what was written, and is retriable', async () => {
    for (let length = 0; length < wholeAnswer.length; length++) {
      await expect(answered(wholeAnswer.subarray(0, length))).rejects.toMatchObject({
        code: 'UNCLASSIFIED',
        retriable: true,
      });
    }
  });

  it.each([0x7fffffff, -1])('with a topic count of %i is refused', async (count) => {
    const payload = Buffer.from(wholeAnswer);
    payload.writeInt32BE(count);
    const answer = answered(payload.subarray(0, 20));
    if (count > 0) await expect(answer).rejects.toMatchObject({ code: 'UNCLASSIFIED' });
    else await expect(answer).resolves.toMatchObject({ answer: { topics: [] } });
  });
});

it.each([undefined, { minVersion: 0, maxVersion: 2 }, { minVersion: 11, maxVersion: 12 }])(
  'a broker whose versions are %j is told apart, and nothing is written',
  async (spoken) => {
    const wire = new Wire();
    const answer = produce(wire, spoken, { request: requestWith, onEncoded: () => undefined }, fakeClock());
    await expect(answer).rejects.toMatchObject({
      code: 'KAFKA_ERROR',
      kafka: { code: 35, name: 'UNSUPPORTED_VERSION' },
      retriable: false,
    });
    expect(wire.queued).toEqual([]);
  },
);

describe('while a codec compresses', () => {
  const codec = (compress: Codec['compress']): Codec => ({ id: 2, compress });

  it('nothing else uses its bytes, and it may return these', async () => {
    const free = freePages();
    const { wire } = send(requestWith({ codec: codec((records) => Promise.resolve(records)) }));
    await turns();
    wire.queued[0]?.sendRequest();
    const [plain] = [send(requestWith()).wire];
    plain.queued[0]?.sendRequest();
    const records = (of: Wire): string | undefined => of.writes[0]?.bytes.subarray(-12).toString('hex');
    expect(records(wire)).toBe(records(plain));
    for (const { done } of [...wire.writes, ...plain.writes]) done();
    expect(freePages()).toBe(free);
  });

  it('without ever finishing, its records fail in time, unsent, and the connection stays', async () => {
    let given: Buffer | undefined;
    const never = codec((records) => {
      given = records;
      return new Promise(() => undefined);
    });
    const free = freePages();
    const { wire, clock, answer } = send(requestWith({ codec: never }));
    const bytes = given?.toString('hex');
    await clock.advance(600);
    await expect(answer).rejects.toMatchObject({ code: 'SERIALIZER_FAILED', retriable: true });
    // The memory that it may still read is not used for anything else.
    const { wire: other } = send(requestWith());
    expect(given?.toString('hex')).toBe(bytes);
    other.queued[0]?.entry.reject(new Error('lost'));
    expect([wire.queued, freePages()]).toEqual([[], free]);
  });

  it('for too long, nothing is sent', async () => {
    let done: ((bytes: Buffer) => void) | undefined;
    const late = codec(() => new Promise((resolve) => (done = resolve)));
    const { wire, clock, answer } = send(requestWith({ codec: late }));
    await clock.advance(600);
    await expect(answer).rejects.toMatchObject({ code: 'SERIALIZER_FAILED' });
    done?.(Buffer.from('small'));
    await turns();
    expect(wire.queued).toEqual([]);
  });

  it('a login that becomes due comes first: a request in the middle of it would end the connection', async () => {
    const wire = new Wire();
    wire.sasl = {};
    const slow = codec((records) => {
      wire.authenticated = false;
      return Promise.resolve(records);
    });
    send(requestWith({ codec: slow }), undefined, wire);
    await turns();
    wire.queued[0]?.sendRequest();
    expect(wire.calls).toEqual(['authenticate', 'write']);
  });

  it('nothing is written when the connection ends', async () => {
    const wire = new Wire();
    const slow = codec((records) => {
      wire.open = false;
      return Promise.resolve(records);
    });
    await expect(send(requestWith({ codec: slow }), undefined, wire).answer).rejects.toThrow('not connected');
    expect(wire.queued).toEqual([]);
  });
});
