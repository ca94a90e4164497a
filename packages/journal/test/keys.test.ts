import { ProducerError } from '@holdfast/core';
import { crc32c } from '@holdfast/core/internal';
import { fakeClock, simulatedDisk, type SimulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { frame, frameMagic } from '../src/format/layout.js';
import { delivered, Harness } from './harness.fixture.js';
import type { EncryptionOptions, JournalKey, JournalOptions } from '../src/options.js';

const directory = '/outbox';
const marker = 'a secret that nobody may read';
const key = (id: string, fill: number): JournalKey => ({ id, key: new Uint8Array(32).fill(fill) });
const spring = key('spring', 1);
const autumn = key('autumn', 2);

const options = (encryption?: EncryptionOptions): JournalOptions => ({
  directory,
  acknowledge: 'journaled',
  segmentBytes: 16 * 1024,
  maxBytes: 1024 * 1024,
  ...(encryption && { encryption }),
});

/** Starts, sends records and dies, with nothing delivered. Returns what the next process finds. */
async function write(
  disk: SimulatedDisk,
  count: number,
  encryption?: EncryptionOptions,
): Promise<SimulatedDisk> {
  const clock = fakeClock();
  const one = new Harness({ disk, clock, journal: options(encryption) });
  await clock.until(one.start());
  one.send(
    Array.from({ length: count }, (_, i) => ({
      topic: marker,
      key: marker,
      value: `${marker} ${i}`,
      headers: { [marker]: marker },
    })),
  );
  await clock.advance(100);
  expect(one.counts).toEqual({ accepted: count });
  return disk.kill();
}

/** Returns the values that a start delivers. */
async function read(
  disk: SimulatedDisk,
  encryption?: EncryptionOptions,
  more: Partial<JournalOptions> = {},
): Promise<{ readonly values: readonly string[]; readonly one: Harness; readonly left: SimulatedDisk }> {
  const clock = fakeClock();
  const one = new Harness({ disk, clock, journal: { ...options(encryption), ...more }, answer: delivered });
  await clock.until(one.start());
  await clock.runWhile(() => one.stat('backlogRecords') !== 0);
  await clock.until(one.close());
  return { values: one.handed.map(({ value }) => String(value)), one, left: disk.kill() };
}

const refused = (reading: Promise<unknown>): Promise<unknown> =>
  reading.then(
    () => 'it started',
    (error: unknown) => error,
  );

const values = (count: number): string[] => Array.from({ length: count }, (_, i) => `${marker} ${i}`);

const segments = (disk: SimulatedDisk): string[] => disk.files().filter((path) => path.endsWith('.segment'));

describe('an encrypted journal', () => {
  it('has nothing readable on disk, and returns everything', async () => {
    const disk = await write(simulatedDisk(), 100, spring);
    for (const path of segments(disk)) expect(Buffer.from(disk.readFile(path)).includes(marker)).toBe(false);
    expect((await read(disk, spring)).values).toEqual(values(100));
  });

  it('starts with no other key, none, or another under the same id, names the one it needs, and touches nothing', async () => {
    const disk = await write(simulatedDisk(), 10, spring);
    const before = segments(disk).map((path) => [path, disk.readFile(path)]);
    expect(await refused(read(disk.fork(), autumn))).toMatchObject({
      code: 'JOURNAL_KEY',
      message:
        "'0000000001.segment' is encrypted with the key 'spring', and only 'autumn' is given; add it to encryption.previousKeys of journal(), or to keys to inspect it",
    });
    const refusal = await refused(read(disk.fork()));
    expect(refusal).toMatchObject({
      code: 'JOURNAL_KEY',
      message: expect.stringMatching(
        /'spring', and no key is given; give that one: journal\(\{ encryption: \{ id: 'spring', key \} \}\)/,
      ) as unknown,
    });
    expect(ProducerError.is(refusal) && refusal.message).not.toContain('previousKeys');
    const refusing = disk.fork();
    expect(await refused(read(refusing, key('spring', 3)))).toMatchObject({
      code: 'JOURNAL_KEY',
      message:
        "'0000000001.segment' was encrypted with another key than the one given as 'spring'; give the right key under that id",
    });
    expect(segments(refusing).map((path) => [path, refusing.readFile(path)])).toEqual(before);
    expect((await read(disk, spring)).values).toEqual(values(10));
  });

  it('is read with the old key after a rotation, and no longer needs it when it has drained', async () => {
    const rotated = { ...autumn, previousKeys: [spring] };
    let disk = await write(simulatedDisk(), 10, spring);
    disk = await write(disk, 10, rotated);
    expect(await refused(read(disk.fork(), autumn))).toMatchObject({ code: 'JOURNAL_KEY' });
    const { values: found, left } = await read(disk, rotated);
    expect(found).toEqual([...values(10), ...values(10)]);
    // The start that closed it wrote with the new key.
    expect((await read(left, autumn)).values).toEqual([]);
  });

  it('can be switched on: what was written before is still read', async () => {
    const disk = await write(simulatedDisk(), 10);
    const on = await write(disk, 10, spring);
    expect((await read(on, spring)).values).toEqual([...values(10), ...values(10)]);
  });

  it('cannot be switched off while a file needs the key, even if all is delivered', async () => {
    const disk = await write(simulatedDisk(), 10, spring);
    expect(await refused(read(disk.fork()))).toMatchObject({ code: 'JOURNAL_KEY' });
    const { left } = await read(disk, spring);
    const off = new Harness({ disk: left, clock: fakeClock(), journal: options() });
    // A header and a closing frame are left, and they are still encrypted.
    expect(await refused(off.start())).toMatchObject({ code: 'JOURNAL_KEY' });
  });

  it.each(['body', 'header', 'tag'] as const)(
    'notices a change in the %s of a frame whose CRC was corrected',
    async (part) => {
      const disk = await write(simulatedDisk(), 5, spring);
      const [path = ''] = segments(disk);
      const bytes = Buffer.from(disk.readFile(path));
      const at = firstFrame(bytes);
      const length = bytes.readUInt32LE(at + frame.bytes);
      const place =
        part === 'body' ? at + frame.body + 20 : part === 'header' ? at + frame.first : at + length - 1;
      bytes.writeUInt8((bytes.readUInt8(place) + 1) & 255, place);
      sealAgain(bytes, at, length);
      disk.writeFile(path, bytes);
      const { values: found, one } = await read(disk.fork(), spring);
      expect(found).toEqual([]);
      expect(one.said['journal.damaged']).toMatchObject([{ path, start: at }]);
    },
  );

  it('rejects a frame of another segment, or of another place', async () => {
    const disk = await write(simulatedDisk(), 5, spring);
    const [path = ''] = segments(disk);
    const bytes = Buffer.from(disk.readFile(path));
    const at = firstFrame(bytes);
    const length = bytes.readUInt32LE(at + frame.bytes);
    // A copy after the last frame, with an offset and a CRC that fit the place.
    bytes.copy(bytes, at + length, at, at + length);
    bytes.writeUInt32LE(at + length, at + length + frame.offset);
    sealAgain(bytes, at + length, length);
    disk.writeFile(path, bytes);
    expect((await read(disk, spring)).values).toEqual(values(5));
  });
});

describe('what was written under another key, or none', () => {
  const mark = Buffer.from(marker);
  const ways: readonly {
    readonly title: string;
    readonly before: EncryptionOptions | undefined;
    readonly after: EncryptionOptions | undefined;
  }[] = [
    { title: 'encryption is switched on', before: undefined, after: spring },
    { title: 'a key is rotated', before: spring, after: { ...autumn, previousKeys: [spring] } },
    { title: 'the key stays', before: spring, after: spring },
  ];

  it.each(ways)('is removed from the disk once it is delivered, when $title', async ({ before, after }) => {
    let disk = simulatedDisk();
    for (let i = 0; i < 8; i++) disk = await write(disk, 25, before);
    const old = segments(disk)
      .map((path) => stretchOf(disk.readFile(path)))
      .filter((stretch) => stretch.some((byte) => byte !== 0));
    expect(old.length).toBeGreaterThan(5);
    const clock = fakeClock();
    const one = new Harness({ disk, clock, journal: options(after), answer: delivered });
    await clock.until(one.start());
    await clock.runWhile(() => one.stat('backlogRecords') !== 0);
    const expectNone = (): void => {
      for (const path of disk.files(directory)) {
        const bytes = Buffer.from(disk.readFile(path));
        expect(bytes.includes(mark)).toBe(false);
        for (const stretch of old) expect(bytes.includes(stretch)).toBe(false);
      }
    };
    await clock.advance(300);
    expectNone();
    for (let i = 0; i < 60; i++) {
      one.send([{ topic: 't', value: 'x'.repeat(2_000) }]);
      await clock.advance(200);
      expectNone();
    }
    // It recycles what it wrote itself.
    expect(disk.log.some(({ operation, path, to }) => operation === 'rename' && isOwn(path, to))).toBe(true);
    await clock.until(one.close());
  });

  it('is overwritten when the journal is full and has no other place for a segment', async () => {
    // Larger than what is zeroed after a short write.
    const bounds = { maxBytes: 1024 * 1024, segmentBytes: 256 * 1024 };
    const clock = fakeClock();
    let disk = simulatedDisk();
    const plain = new Harness({ disk, clock, journal: { ...options(), ...bounds } });
    await clock.until(plain.start());
    for (let i = 0; i < 110; i++) {
      plain.send([{ topic: 't', value: `${marker} ${'.'.repeat(9_000)}` }]);
      await clock.advance(50);
    }
    disk = disk.kill();
    expect(segments(disk)).toHaveLength(4);
    const one = new Harness({ disk, clock, journal: { ...options(spring), ...bounds }, answer: delivered });
    await clock.until(one.start());
    await clock.advance(10_000);
    for (let i = 0; i < 5; i++) {
      one.send([{ topic: 't', value: `${i}` }]);
      await clock.advance(1_000);
    }
    expect(one.stat('backlogRecords')).toBe(0);
    for (const path of segments(disk)) expect(Buffer.from(disk.readFile(path)).includes(mark)).toBe(false);
  });
});

/** Ciphertext, or plain text, that would be found again. */
const stretchOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.slice(2_000, 2_064));

const isOwn = (from: string, to: string | undefined): boolean =>
  from.endsWith('.segment') && to?.endsWith('.preparing') === true;

it('a journal without encryption rejects a frame that claims to be encrypted', async () => {
  const disk = await write(simulatedDisk(), 5);
  const [path = ''] = segments(disk);
  const bytes = Buffer.from(disk.readFile(path));
  const at = firstFrame(bytes);
  bytes.writeUInt8(bytes.readUInt8(at + frame.flags) | 2, at + frame.flags);
  sealAgain(bytes, at, bytes.readUInt32LE(at + frame.bytes));
  disk.writeFile(path, bytes);
  expect((await read(disk)).values).toEqual([]);
});

function firstFrame(bytes: Buffer): number {
  for (let at = 0; at < bytes.length; at += 8) if (bytes.readUInt32LE(at) === frameMagic) return at;
  throw new Error('there is no frame');
}

/** Corrects the CRC as a forger would: over the body first, then the header. */
function sealAgain(bytes: Buffer, at: number, length: number): void {
  const whole = bytes.subarray(at, at + length);
  const summed = Buffer.concat([whole.subarray(frame.body), whole.subarray(frame.bytes, frame.body)]);
  whole.writeUInt32LE(crc32c(summed), frame.crc);
}
