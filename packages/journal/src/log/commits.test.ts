import type { DiskFile } from '@holdfast/core';
import { fakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { OpenFrame, TopicIds } from '../format/open-frame.js';
import { Commits, type Group } from './commits.js';
import { WritableSegment } from './segments.js';

type Answer = (error?: Error) => void;

/** A file whose every call waits to be answered. */
class HeldFile implements DiskFile {
  readonly calls: { readonly name: 'write' | 'sync'; readonly answer: Answer }[] = [];

  write(buffers: readonly Uint8Array[]): Promise<number> {
    const bytes = buffers.reduce((sum, { length }) => sum + length, 0);
    return this.held('write').then(() => bytes);
  }

  sync(): Promise<void> {
    return this.held('sync');
  }

  private held(name: 'write' | 'sync'): Promise<void> {
    return new Promise((resolve, reject) => {
      this.calls.push({ name, answer: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  }

  read = (): Promise<number> => Promise.resolve(0);
  truncate = (): Promise<void> => Promise.resolve();
  info = () => Promise.resolve({ kind: 'file' as const, bytes: 0, mode: 0o600, links: 1 });
  close = (): Promise<void> => Promise.resolve();

  get waiting(): string {
    return this.calls.map(({ name }) => name).join();
  }

  /** Answers the call in that place, and lets everybody hear it. */
  async answer(index: number, error?: Error): Promise<void> {
    this.calls.splice(index, 1)[0]?.answer(error);
    await new Promise(setImmediate);
  }
}

function setUp() {
  const file = new HeldFile();
  const epoch = { number: 1, nonce: 1 };
  const header = {
    ...epoch,
    segmentBytes: 1_000_000,
    journalId: 1,
    createdAt: 0,
    living: [],
    key: undefined,
    isUnsynced: false,
  };
  const segment = new WritableSegment(
    { epoch, path: 'a', file, bytes: 1_000_000, headerBytes: 56, cipherAt: () => undefined, living: [] },
    header,
    undefined,
  );
  const heard: string[] = [];
  const names = new Map<Group, string>();
  const commits = new Commits(fakeClock(), {
    written: () => heard.push('written'),
    committed: (group) => heard.push(`committed ${names.get(group)}`),
    failed: (groups, error) =>
      heard.push(`failed ${groups.map((group) => names.get(group)).join()}: ${String(error)}`),
    ended: () => heard.push('ended'),
  });
  let end = segment.headerBytes;
  const begin = (name: string, how: Partial<Group> = {}): void => {
    const bytes = Buffer.alloc(100);
    const taken = { notes: { acknowledged: [], retired: [], ends: [] }, touched: [], retiring: [] };
    const frame = new OpenFrame(bytes, 0, new TopicIds());
    end += bytes.length;
    const seated = [{ frame, bytes, taken, followsGap: false }];
    const group = { segment, seated, end, isSealed: false, isSynced: true, ...how };
    names.set(group, name);
    commits.begin(group);
  };
  return { file, commits, segment, begin, heard };
}

describe('groups on their way to the disk', () => {
  it('are written while the one before is synced, and no sooner', async () => {
    const { file, commits, begin, heard, segment } = setUp();
    begin('a');
    expect(commits.mayOverlap).toBe(false);
    await file.answer(0);
    expect(heard).toEqual(['written']);
    expect(commits.mayOverlap).toBe(true);
    begin('b');
    expect(commits.mayOverlap).toBe(false);
    expect(file.waiting).toBe('sync,write');
    await file.answer(0);
    expect(heard).toEqual(['written', 'committed a', 'ended']);
    expect(segment.durable).toBe(156);
    await file.answer(0);
    await file.answer(0);
    expect(heard.slice(3)).toEqual(['written', 'committed b', 'ended']);
    expect(commits.isIdle).toBe(true);
  });

  it('count in their order, although the later one is synced first', async () => {
    const { file, begin, heard, segment } = setUp();
    begin('a');
    await file.answer(0);
    begin('b');
    await file.answer(1);
    await file.answer(1);
    expect(heard).toEqual(['written', 'written', 'ended']);
    // The sync that failed may have been the one to hear of what the later one was not told.
    expect(segment.durable).toBe(56);
    await file.answer(0);
    expect(segment.durable).toBe(256);
    expect(heard.slice(3)).toEqual(['committed a', 'committed b', 'ended']);
  });

  it.each(['sync first', 'sync last'])('do not count behind one that failed (%s)', async (order) => {
    const { file, begin, heard } = setUp();
    begin('a');
    await file.answer(0);
    begin('b');
    await file.answer(1);
    const later = order === 'sync first' ? 0 : 1;
    await file.answer(1 - later, later === 1 ? new Error('EIO') : undefined);
    expect(heard.some((what) => what.startsWith('failed'))).toBe(false);
    await file.answer(0, later === 1 ? undefined : new Error('EIO'));
    expect(heard.filter((what) => what !== 'written' && what !== 'ended')).toEqual([
      'failed a,b: Error: EIO',
    ]);
  });

  it('count before one that failed', async () => {
    const { file, begin, heard, segment } = setUp();
    begin('a');
    await file.answer(0);
    begin('b');
    await file.answer(1, new Error('ENOSPC'));
    expect(heard).toEqual(['written', 'ended']);
    await file.answer(0);
    expect(heard.slice(2)).toEqual(['committed a', 'failed b: Error: ENOSPC', 'ended']);
    expect(segment.written).toBe(156);
  });

  it('do not overlap with the end of a segment, or without a sync', async () => {
    const { file, commits, begin, heard } = setUp();
    begin('a', { isSealed: true });
    await file.answer(0);
    expect(commits.mayOverlap).toBe(false);
    await file.answer(0);
    begin('b', { isSynced: false });
    await file.answer(0);
    expect(heard).toEqual(['written', 'committed a', 'ended', 'committed b', 'ended']);
  });
});
