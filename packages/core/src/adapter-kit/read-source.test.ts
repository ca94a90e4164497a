import { fakeClock, recordingLogger, type FakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import type { ConsumedRecord } from '../contract/consumed-record.js';
import { ProducerError } from '../contract/error.js';
import { readSource } from './read-source.js';
import { resolveReadTopic, type ReadTopicOptions } from './read-topic-options.js';
import type { PartitionSpan, ReadPart, TopicSource } from './topic-source.js';

const recordAt = (partition: number, offset: number): ConsumedRecord => ({
  topic: 't',
  partition,
  offset,
  timestamp: 0,
  key: null,
  value: null,
  headers: {},
});

const trouble = (retriable = true, code = 'CONNECTION_LOST'): ProducerError =>
  new ProducerError(code, 'the line is cut', { retriable, stage: 'fake' });

const never = (): Promise<never> => new Promise(() => undefined);

type Answer<T> = (() => Promise<T>) | undefined;

/** Has a record at each offset that is not in `gaps`, and hands out three at a time, more than were asked for included. */
class FakeSource implements TopicSource {
  readonly asked: string[] = [];
  /** In place of the next answers, first come first served. */
  readonly spansAnswers: Answer<PartitionSpan[]>[] = [];
  readonly readAnswers: Answer<ReadPart>[] = [];
  closed = 0;

  constructor(
    private readonly all: readonly PartitionSpan[],
    private readonly gaps: readonly number[] = [],
  ) {}

  spans(): Promise<readonly PartitionSpan[]> {
    this.asked.push('spans');
    return this.spansAnswers.shift()?.() ?? Promise.resolve(this.all);
  }

  read(partition: number, offset: number): Promise<ReadPart> {
    this.asked.push(`${partition}/${offset}`);
    const instead = this.readAnswers.shift();
    if (instead !== undefined) return instead();
    const offsets = [offset - 1, offset, offset + 1, offset + 2].filter((one) => !this.gaps.includes(one));
    return Promise.resolve({ records: offsets.map((one) => recordAt(partition, one)), next: offset + 3 });
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.reject(new Error('not closed'));
  }
}

function reading(source: FakeSource, options: ReadTopicOptions = {}) {
  const clock = fakeClock();
  const logger = recordingLogger();
  let opened = 0;
  const open = (): TopicSource => {
    opened++;
    return source;
  };
  const reader = readSource(open, resolveReadTopic('t', { env: { clock, logger }, ...options }));
  return { reader, clock, logger, opened: () => opened };
}

async function read(source: FakeSource, options: ReadTopicOptions = {}): Promise<string[]> {
  const { reader, clock } = reading(source, options);
  return all(reader, clock);
}

function all(reader: AsyncIterable<ConsumedRecord>, clock: FakeClock): Promise<string[]> {
  const read = async (): Promise<string[]> => {
    const places: string[] = [];
    for await (const { partition, offset } of reader) places.push(`${partition}/${offset}`);
    return places;
  };
  return clock.until(read());
}

describe('readSource', () => {
  it('reads partition after partition, each from its first offset to its end, and nothing twice', async () => {
    const source = new FakeSource([
      { partition: 1, first: 7, end: 9 },
      { partition: 0, first: 0, end: 4 },
      { partition: 2, first: 3, end: 3 },
    ]);
    expect(await read(source)).toEqual(['0/0', '0/1', '0/2', '0/3', '1/7', '1/8']);
    expect(source.asked).toEqual(['spans', '0/0', '0/3', '1/7']);
    expect(source.closed).toBe(1);
  });

  it('ends where offsets without a record do', async () => {
    expect(await read(new FakeSource([{ partition: 0, first: 0, end: 7 }], [2, 3, 4, 5, 6]))).toEqual([
      '0/0',
      '0/1',
    ]);
  });

  it('begins where it is told to; not before what is there, nor behind its end', async () => {
    const spans = [0, 1, 2].map((partition) => ({ partition, first: 2, end: 5 }));
    expect(await read(new FakeSource(spans), { from: { 0: 4, 1: 0, 2: 9 } })).toEqual([
      '0/4',
      '1/2',
      '1/3',
      '1/4',
    ]);
  });

  it('refuses to begin in a partition that is not there', async () => {
    const source = new FakeSource([{ partition: 0, first: 0, end: 1 }]);
    await expect(read(source, { from: { 0: 0, 3: 0 } })).rejects.toMatchObject({
      code: 'UNKNOWN_PARTITION',
      message: "topic 't' has 1 partitions, and none of the number 3; leave it out of 'from'",
    });
    expect(source.closed).toBe(1);
  });

  it('opens nothing until the first record is asked for', async () => {
    const { reader, opened } = reading(new FakeSource([]));
    await reader.return();
    expect(opened()).toBe(0);
  });

  it('closes when the loop is left', async () => {
    const source = new FakeSource([{ partition: 0, first: 0, end: 9 }]);
    for await (const record of reading(source).reader) {
      expect(record.offset).toBe(0);
      break;
    }
    expect(source.closed).toBe(1);
    expect(source.asked).toEqual(['spans', '0/0']);
  });

  it('asks again after trouble that passes, and says so once', async () => {
    const source = new FakeSource([{ partition: 0, first: 0, end: 2 }]);
    source.spansAnswers.push(() => Promise.reject(trouble()));
    for (let n = 0; n < 3; n++) source.readAnswers.push(() => Promise.reject(trouble()));
    source.readAnswers.push(() => Promise.resolve({ records: [], next: 0 }));
    const { reader, clock, logger } = reading(source);
    expect(await all(reader, clock)).toEqual(['0/0', '0/1']);
    expect(clock.now()).toBe(400);
    expect(logger.lines.map(({ level, message }) => `${level} ${/[^:]*$/.exec(message)?.[0] ?? ''}`)).toEqual(
      [
        expect.stringContaining('it is tried again'),
        'warn  it goes on',
        expect.stringContaining('it is tried again'),
        'warn  it goes on',
      ],
    );
    expect(logger.text()).toContain(
      "reading topic 't', partition 0, from offset 0 on, of 2: the line is cut; it is tried again",
    );
  });

  it.each([
    ['trouble that does not pass', trouble(false, 'AUTHORIZATION_FAILED')],
    ['a topic that is not there', trouble(true, 'UNKNOWN_TOPIC')],
  ])('ends at once with %s', async (_, error) => {
    const source = new FakeSource([]);
    source.spansAnswers.push(() => Promise.reject(error));
    await expect(read(source)).rejects.toMatchObject({ code: error.code, retriable: false });
    expect(source.asked).toEqual(['spans']);
    expect(source.closed).toBe(1);
  });

  it('a topic that goes missing meanwhile may come back', async () => {
    const source = new FakeSource([{ partition: 0, first: 0, end: 1 }]);
    source.readAnswers.push(() => Promise.reject(trouble(true, 'UNKNOWN_TOPIC')));
    expect(await read(source)).toEqual(['0/0']);
  });

  it('gives up when nothing has come for timeoutMs, with the last trouble', async () => {
    const source = new FakeSource([{ partition: 0, first: 0, end: 5 }]);
    const { reader, clock } = reading(source, { timeoutMs: 1_000 });
    await reader.next();
    for (let n = 0; n < 20; n++) source.readAnswers.push(() => Promise.reject(trouble()));
    await clock.advance(5_000); // the caller's own time
    const [before, ended] = [clock.now(), all(reader, clock)];
    await expect(ended).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      retriable: true,
      stage: 'fake',
      message:
        "reading topic 't', partition 0, from offset 3 on, of 5: nothing came for 1000 ms ('timeoutMs'): the line is cut",
    });
    expect(clock.now() - before).toBe(1_000);
    expect(source.closed).toBe(1);
  });

  it('gives up when there is no answer at all', async () => {
    const source = new FakeSource([{ partition: 0, first: 0, end: 5 }]);
    source.readAnswers.push(never);
    const { reader, clock } = reading(source);
    await expect(all(reader, clock)).rejects.toMatchObject({ code: 'REQUEST_TIMED_OUT', retriable: true });
    expect(clock.now()).toBe(30_000);
  });

  describe('when the signal is aborted', () => {
    const reason = new Error('enough');

    it('before it began, opens nothing', async () => {
      const { reader, opened } = reading(new FakeSource([]), { signal: AbortSignal.abort(reason) });
      await expect(reader.next()).rejects.toBe(reason);
      expect(opened()).toBe(0);
    });

    it('waits for no answer', async () => {
      const source = new FakeSource([{ partition: 0, first: 0, end: 5 }]);
      source.readAnswers.push(never);
      const abort = new AbortController();
      const { reader, clock } = reading(source, { signal: abort.signal });
      const first = reader.next();
      await clock.advance(10);
      abort.abort(reason);
      await expect(first).rejects.toBe(reason);
      expect(source.closed).toBe(1);
      expect(clock.pending).toBe(0);
    });

    it('gives no further record', async () => {
      const source = new FakeSource([{ partition: 0, first: 0, end: 5 }]);
      const abort = new AbortController();
      const { reader } = reading(source, { signal: abort.signal });
      await reader.next();
      abort.abort(reason);
      await expect(reader.next()).rejects.toBe(reason);
    });
  });
});
