import {
  anObject,
  asNumber,
  aString,
  checkOptions,
  isReadableBytes,
  nestedProblems,
  numberBetween,
  oneOf,
  wholeNumberBetween,
  type OptionCheck,
} from '@holdfast/core/stage';
import type { JournalKey } from './format/encryption.js';

export type { JournalKey } from './format/encryption.js';

/** Frames are encrypted with AES-256-GCM. */
export interface EncryptionOptions extends JournalKey {
  /**
   * Keys of segments that still exist: they decrypt what was written before the last rotation.
   * Default: none.
   */
  readonly previousKeys?: readonly JournalKey[];
}

export interface JournalOptions {
  /**
   * The directory of the segments, on a local disk, for this journal alone. It is created if it
   * does not exist.
   */
  readonly directory: string;
  /**
   * When `send` resolves: `'delivered'`: when Kafka has confirmed the record. `'journaled'`: when
   * it is durable on disk; its later fate is reported by events, to a dead-letter queue or to
   * `onUndeliverable`. Default `'delivered'`.
   */
  readonly acknowledge?: 'delivered' | 'journaled';
  /**
   * Only with `acknowledge: 'delivered'`. A record that is durable on disk and that Kafka has not
   * confirmed this many ms after `send` resolves as `accepted`, and goes on as with `'journaled'`.
   * A shorter `deliveryTimeoutMs` comes first and makes it fail. Default `Infinity`: never, so
   * `send` waits for Kafka as long as an outage lasts. `recommended()` sets 10,000.
   */
  readonly acceptAfterMs?: number;
  /**
   * `'always'`: nothing is acknowledged before fdatasync; survives power loss. `'interval'`: synced
   * every `fsyncIntervalMs`; a power loss takes what was written since. `'never'`: left to the
   * operating system, which may take half a minute. All three survive the death of the process.
   * Default `'always'`.
   */
  readonly fsync?: 'always' | 'interval' | 'never';
  /** Only with `fsync: 'interval'`. Default 100 ms. */
  readonly fsyncIntervalMs?: number;
  /** Bytes that the segments may take on disk. Default 10 GiB. */
  readonly maxBytes?: number;
  /**
   * Bytes per segment. Default 64 MiB, or a sixteenth of `maxBytes` if that is less. A larger
   * record gets a larger segment.
   */
  readonly segmentBytes?: number;
  /**
   * What happens when `maxBytes` is reached or the disk does not take records. `'block'`: `send`
   * waits, for as long as `maxBlockMs` allows. `'reject'`: the record fails with `JOURNAL_FULL` or
   * `JOURNAL_FAILED`. `'bypass'`: it goes to Kafka without the journal, after the records before
   * it, and one `journal.bypassed` event reports it. Default `'block'`.
   */
  readonly whenFull?: 'block' | 'reject' | 'bypass';
  /**
   * `'salvage'`: every whole frame is kept; what is damaged is quarantined and reported.
   * `'strict'`: a damaged journal does not start, and the error names the places. Default
   * `'salvage'`.
   */
  readonly corruption?: 'salvage' | 'strict';
  readonly encryption?: EncryptionOptions;
  /**
   * Records that the journal has handed down and that are not settled, at most; the rest waits on
   * disk. Default 20,000.
   */
  readonly maxInFlightRecords?: number;
  /** The same in bytes. Default 32 MiB. */
  readonly maxInFlightBytes?: number;
  /**
   * A record that no caller waits for, because the journal has accepted it or an earlier start
   * wrote it, is given up this many ms after that, or after it was read back: as a dead letter, or
   * to `onUndeliverable`. Default `Infinity`: never. A record whose `send` still waits has
   * `deliveryTimeoutMs`.
   */
  readonly giveUpAfterMs?: number;
}

export type ResolvedJournalOptions = Required<Omit<JournalOptions, 'acknowledge' | 'encryption'>> & {
  readonly encryption: EncryptionOptions | undefined;
};

const mebi = 1024 * 1024;
const leastSegmentBytes = 16 * 1024;
const largestSegmentBytes = 1024 * mebi;
/** The header that lists the segments has no room for more. */
const mostSegments = 1024;
const leastBytes = 4 * leastSegmentBytes;
const largestBytes = Number.MAX_SAFE_INTEGER;
/** Segments consist of whole disk pages. */
const pageBytes = 4096;

const aKey: OptionCheck = (value) =>
  isReadableBytes(value) && value.length === 32 ? undefined : 'must be 32 bytes (AES-256)';
const aKeyId: OptionCheck = (value) =>
  aString(value) ?? (Buffer.byteLength(String(value)) <= 255 ? undefined : 'must have at most 255 bytes');
/** Checks keys for reading, each `{ id, key }`. */
export const someKeys: OptionCheck = (value) => {
  const all: readonly unknown[] | undefined = Array.isArray(value) ? value : undefined;
  if (all === undefined) return 'must be an array of { id, key }';
  const wrong = all.findIndex((one) => {
    const { id, key } = { ...Object(one) } as Partial<JournalKey>;
    return aKeyId(id) !== undefined || aKey(key) !== undefined;
  });
  return wrong < 0 ? undefined : `[${wrong}] must be { id, key }, a string and 32 bytes (AES-256)`;
};
const anArray: OptionCheck = (value) =>
  Array.isArray(value) ? undefined : 'must be an array of { id, key }';

/** Throws `INVALID_OPTIONS` with all problems at once. */
export function resolveOptions(options: JournalOptions): ResolvedJournalOptions {
  // A value that is not an object is refused below; until then there is nothing to read from it.
  const given: Partial<JournalOptions> = anObject(options) === undefined ? options : {};
  const { maxBytes = 10 * 1024 * mebi } = given;
  const segmentBytes = given.segmentBytes ?? defaultSegmentBytes(asNumber(maxBytes));
  checkOptions(
    'journal',
    options,
    {
      directory: aString,
      acknowledge: oneOf('delivered', 'journaled'),
      acceptAfterMs: numberBetween(1, Infinity, 'ms'),
      fsync: oneOf('always', 'interval', 'never'),
      fsyncIntervalMs: numberBetween(1, 60_000, 'ms'),
      maxBytes: wholeNumberBetween(leastBytes, largestBytes, 'bytes'),
      segmentBytes: wholeNumberBetween(leastSegmentBytes, largestSegmentBytes, 'bytes'),
      whenFull: oneOf('block', 'reject', 'bypass'),
      corruption: oneOf('salvage', 'strict'),
      encryption: anObject,
      maxInFlightRecords: wholeNumberBetween(1, 10_000_000),
      maxInFlightBytes: wholeNumberBetween(1, largestBytes, 'bytes'),
      giveUpAfterMs: numberBetween(1, Infinity, 'ms'),
    },
    [
      given.directory === undefined
        ? "'directory' is missing: journal({ directory: './outbox' })"
        : undefined,
      given.acceptAfterMs !== undefined && given.acknowledge === 'journaled'
        ? "'acceptAfterMs' applies only with acknowledge: 'delivered'; with 'journaled' no caller waits for Kafka"
        : undefined,
      given.fsyncIntervalMs !== undefined && given.fsync !== 'interval'
        ? "'fsyncIntervalMs' applies only with fsync: 'interval'"
        : undefined,
      asNumber(segmentBytes) * 4 > asNumber(maxBytes)
        ? `'segmentBytes' (${segmentBytes}) must be at most a quarter of 'maxBytes' (${maxBytes})`
        : undefined,
      asNumber(segmentBytes) * mostSegments < asNumber(maxBytes)
        ? `'maxBytes' (${maxBytes}) must be at most ${mostSegments} times 'segmentBytes' (${segmentBytes})`
        : undefined,
      ...encryptionProblems(given.encryption),
    ],
  );
  return {
    directory: options.directory,
    acceptAfterMs: options.acknowledge === 'journaled' ? 0 : (options.acceptAfterMs ?? Infinity),
    fsync: options.fsync ?? 'always',
    fsyncIntervalMs: options.fsyncIntervalMs ?? 100,
    maxBytes,
    segmentBytes: Math.ceil(segmentBytes / pageBytes) * pageBytes,
    whenFull: options.whenFull ?? 'block',
    corruption: options.corruption ?? 'salvage',
    encryption: options.encryption,
    maxInFlightRecords: options.maxInFlightRecords ?? 20_000,
    maxInFlightBytes: options.maxInFlightBytes ?? 32 * mebi,
    giveUpAfterMs: options.giveUpAfterMs ?? Infinity,
  };
}

function defaultSegmentBytes(maxBytes: number): number {
  const share = Math.floor(maxBytes / 16 / pageBytes) * pageBytes;
  const least = Math.ceil(maxBytes / mostSegments / pageBytes) * pageBytes;
  return Math.min(largestSegmentBytes, Math.max(leastSegmentBytes, least, Math.min(64 * mebi, share)));
}

function encryptionProblems(encryption: EncryptionOptions | undefined): readonly string[] {
  if (encryption === undefined || anObject(encryption) !== undefined) return [];
  const { previousKeys } = encryption;
  const previous = Array.isArray(previousKeys) ? previousKeys : [];
  const ids = [encryption.id, ...previous.map((one: Partial<JournalKey> | undefined) => one?.id)];
  return [
    ...nestedProblems('encryption', encryption, { id: aKeyId, key: aKey, previousKeys: anArray }, [
      encryption.id === undefined ? "'id' is missing" : undefined,
      encryption.key === undefined ? "'key' is missing" : undefined,
      new Set(ids).size < ids.length ? 'two keys have the same id; a new key needs a new id' : undefined,
    ]),
    ...previous.flatMap((one: unknown, index: number) => {
      const name = `encryption.previousKeys[${index}]`;
      const wrong = anObject(one);
      if (wrong !== undefined) return [`${name} ${wrong}`];
      return nestedProblems(name, { ...Object(one) } as Partial<JournalKey>, { id: aKeyId, key: aKey });
    }),
  ];
}
