import { basename, join } from 'node:path';
import { ProducerError } from '@holdfast/core';
import type { Disk, DiskFile } from '@holdfast/core/stage';
import * as errors from '../../errors.js';
import { SegmentCipher, type JournalKey } from '../../format/encryption.js';
import { epochAt, isEncryptedAt, readFrame } from '../../format/frame.js';
import { frame } from '../../format/layout.js';
import { decodeHeader, type SegmentHeader } from '../../format/segment-header.js';

const segmentName = /^(\d{10})\.segment$/;
const unfinishedName = /^\d{10}\.preparing$/;
const leastHeaderRead = 16 * 1024;

/** Returns the cipher of the encrypted frame at that place of the page. */
export type CipherAt = (page: Buffer, at: number) => SegmentCipher | undefined;

/** A segment's file as it was found: what its name and its header tell. */
export interface SegmentFile {
  readonly path: string;
  readonly file: DiskFile;
  /** Size of the file. */
  readonly bytes: number;
  readonly number: number;
  /**
   * The number in its name: it differs when a crash came between renaming a recycled file and
   * writing its new header.
   */
  readonly named: number;
  /** `undefined`: it is damaged. */
  readonly header: SegmentHeader | undefined;
  readonly cipherAt: CipherAt;
}

export interface OpenOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly mode: 'read' | 'write';
  readonly keys: readonly JournalKey[];
}

/** Something with a segment's name that cannot be read as a file. */
export interface UnusableFile {
  readonly path: string;
  readonly named: number;
  /** The system's error code, such as `EIO`. */
  readonly code: string;
}

export interface FoundSegments {
  /** In the order of their numbers. */
  readonly files: SegmentFile[];
  readonly unusable: readonly UnusableFile[];
  /** Paths of files that were to become segments: a crash came before they had a header. */
  readonly unfinished: readonly string[];
}

/**
 * Opens all segments of a directory. Rejects when a later version wrote one, when one belongs to
 * another journal, and when a key is missing or wrong.
 */
export async function openSegments(options: OpenOptions): Promise<FoundSegments> {
  const { disk, directory, keys } = options;
  const found: Opened[] = [];
  const unusable: UnusableFile[] = [];
  const unfinished: string[] = [];
  try {
    for (const name of await disk.list(directory)) {
      const path = join(directory, name);
      if (unfinishedName.test(name)) unfinished.push(path);
      const number = segmentName.exec(name)?.[1];
      if (number === undefined) continue;
      const one = await tryToOpen(options, path, Number(number));
      if ('code' in one) unusable.push(one);
      else found.push(one);
    }
    found.sort((a, b) => a.number - b.number);
    const journalId = found.find(({ header }) => header !== undefined)?.header?.journalId ?? 0;
    const files = found.map((one) => ({ ...one, cipherAt: cipherOf(one, keys, journalId) }));
    return { files, unusable, unfinished };
  } catch (error) {
    for (const { file } of found) await file.close().catch(() => undefined);
    throw error;
  }
}

type Opened = Omit<SegmentFile, 'cipherAt'>;

async function tryToOpen(options: OpenOptions, path: string, named: number): Promise<Opened | UnusableFile> {
  try {
    // Opening a pipe could block forever, so the kind is checked first.
    const info = await options.disk.info(path);
    if (info?.kind === 'file') return await openOne(options, path, named);
    // A dangling link is listed, too; and the process that holds the journal may have removed the
    // file meanwhile.
    return {
      path,
      named,
      code: info === undefined ? 'ENOENT' : info.kind === 'directory' ? 'EISDIR' : 'ENXIO',
    };
  } catch (error) {
    if (errors.isOfFile(error)) return { path, named, code: errors.stallCode(error) };
    throw ProducerError.is(error) ? error : errors.cannotRead(path, error);
  }
}

async function openOne({ disk, mode }: OpenOptions, path: string, named: number): Promise<Opened> {
  const file = await disk.open(path, mode);
  try {
    const info = await file.info();
    const page = Buffer.alloc(Math.min(info.bytes, leastHeaderRead));
    await readAll(file, page);
    const header = decodeHeader(page);
    if (typeof header === 'object' && 'unknownVersion' in header) {
      throw errors.laterVersion(path, header.unknownVersion);
    }
    if (header === 'damaged')
      return { path, file, bytes: info.bytes, number: named, named, header: undefined };
    // A crash may undo the renaming of a recycled file, but not what was written into it.
    return { path, file, bytes: info.bytes, number: header.number, named, header };
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}

async function readAll(file: DiskFile, page: Buffer): Promise<void> {
  for (let at = 0; at < page.length; ) {
    const read = await file.read(page.subarray(at), at);
    if (read === 0) return;
    at += read;
  }
}

/**
 * Returns how to decrypt the frames of a segment. Throws when the key is missing or wrong. Where
 * the header is damaged, the first encrypted frame shows which key it is.
 */
function cipherOf(found: Opened, keys: readonly JournalKey[], journalId: number): CipherAt {
  const { header, path } = found;
  if (header !== undefined) {
    if (header.journalId !== journalId) throw errors.foreign(basename(path));
    const { key: mark } = header;
    if (mark === undefined) return () => undefined;
    const key = keys.find(({ id }) => id === mark.id);
    if (key === undefined)
      throw errors.keyMissing(
        basename(path),
        mark.id,
        keys.map(({ id }) => id),
      );
    const cipher = new SegmentCipher(key, header.journalId, header);
    if (!cipher.proves(mark)) throw errors.keyWrong(basename(path), mark.id);
    return () => cipher;
  }
  let cipher: SegmentCipher | undefined;
  return (page, at) => {
    if (cipher === undefined && isEncryptedAt(page, at)) cipher = tryKeys(page, at, keys, journalId);
    return cipher;
  };
}

function tryKeys(
  page: Buffer,
  at: number,
  keys: readonly JournalKey[],
  journalId: number,
): SegmentCipher | undefined {
  const bytes = page.readUInt32LE(at + frame.bytes);
  for (const key of keys) {
    const cipher = new SegmentCipher(key, journalId, epochAt(page, at));
    const copy = Buffer.from(page.subarray(at, at + bytes));
    if (readFrame(copy, 0, bytes, cipher) !== undefined) return cipher;
  }
  return undefined;
}
