import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkProperty } from '../property/check-property.js';
import { simulatedDisk } from './memory-disk.js';
import type { SimulatedDisk } from './simulated-disk.js';

const sectorBytes = 512;
const maxSectors = 30;

/** What may be on the disk of one file, in the plainest way: every content that each sector has had. */
class Model {
  live: Buffer = Buffer.alloc(0);
  readonly contents = Array.from({ length: maxSectors }, () => [new Uint8Array(sectorBytes)]);
  lengths = [0];
  private readonly dirty = new Set<number>();

  change(from: number, to: number, length: number, fill: number): void {
    const padded = Buffer.concat([this.live, Buffer.alloc(maxSectors * sectorBytes - this.live.length)]);
    padded.fill(fill, from, to);
    for (let sector = 0; sector < maxSectors; sector++) {
      if (to <= sector * sectorBytes || from >= (sector + 1) * sectorBytes || from === to) continue;
      this.contents[sector]?.push(sectorOf(padded, sector));
      this.dirty.add(sector);
    }
    this.lengths.push(length);
    this.live = padded.subarray(0, length);
  }

  sync(fails: boolean): void {
    if (!fails) {
      for (const sector of this.dirty)
        this.contents[sector]?.splice(0, Infinity, sectorOf(this.live, sector));
      this.lengths = [this.live.length];
    }
    this.dirty.clear();
  }

  mayBeLong(length: number): boolean {
    const partly = (before: number, after = 0): boolean =>
      length % sectorBytes === 0 && before <= length && length <= after;
    return this.lengths.some((one, i) => one === length || partly(one, this.lengths[i + 1]));
  }

  expectIn(found: Buffer): void {
    expect(this.mayBeLong(found.length)).toBe(true);
    for (let sector = 0; sector * sectorBytes < found.length; sector++) {
      const inFile = (content: Uint8Array): Uint8Array =>
        content.subarray(0, found.length - sector * sectorBytes);
      const there = inFile(sectorOf(found, sector));
      expect(this.contents[sector]?.some((one) => Buffer.compare(inFile(one), there) === 0)).toBe(true);
    }
  }
}

function sectorOf(bytes: Uint8Array, sector: number): Uint8Array<ArrayBuffer> {
  const content = new Uint8Array(sectorBytes);
  content.set(bytes.subarray(sector * sectorBytes, (sector + 1) * sectorBytes));
  return content;
}

const position = fc.oneof(
  fc.nat(maxSectors * 128),
  fc.nat(maxSectors).map((n) => n * 128),
);
const change = fc.oneof(
  { weight: 4, arbitrary: fc.record({ write: fc.oneof(fc.nat(100), fc.nat(8_000)), position }) },
  { weight: 1, arbitrary: fc.record({ truncate: position }) },
  { weight: 1, arbitrary: fc.record({ syncFails: fc.boolean() }) },
);

it('a crash leaves each sector as it was at one of the times since it was synced', async () => {
  const property = fc.asyncProperty(fc.array(change, { size: 'max', maxLength: 25 }), async (changes) => {
    const disk = simulatedDisk();
    const file = await disk.open('/a', 'create');
    await disk.syncDirectory('/');
    const model = new Model();
    const forks: [SimulatedDisk, Buffer][] = [];
    for (const [i, one] of changes.entries()) {
      if ('write' in one) {
        const end = one.position + one.write;
        await file.write([Buffer.alloc(one.write, i + 1)], one.position);
        if (one.write > 0) model.change(one.position, end, Math.max(end, model.live.length), i + 1);
      } else if ('truncate' in one) {
        await file.truncate(one.truncate);
        model.change(one.truncate, Math.max(one.truncate, model.live.length), one.truncate, 0);
      } else {
        if (one.syncFails) disk.faults.at({ operation: 'sync', call: 1 }, { error: 'EIO' });
        const error = await file.sync().catch((thrown: unknown) => thrown);
        expect(error === undefined).toBe(!one.syncFails);
        model.sync(one.syncFails);
      }
      forks.push([disk.fork(), Buffer.from(model.live)]);
    }
    for (const [fork, then] of forks) expect(then.equals(fork.readFile('/a'))).toBe(true);
    for (let crash = 0; crash < 10; crash++) {
      model.expectIn(Buffer.from(disk.crash({ seed: crash }).readFile('/a')));
    }
    expect(model.live.equals(disk.crash({ keep: 'all' }).readFile('/a'))).toBe(true);
    const oldest = Buffer.concat(model.contents.flatMap(([first]) => first ?? []));
    expect(oldest.subarray(0, model.lengths[0]).equals(disk.crash({ keep: 'none' }).readFile('/a'))).toBe(
      true,
    );
  });
  await checkProperty(property, { runs: 100 });
});

const name = fc.constantFrom('/a', '/b', '/c', '/d');
const deed = fc.oneof(
  { weight: 3, arbitrary: fc.record({ create: name }) },
  { weight: 3, arbitrary: fc.record({ rename: name, to: name }) },
  { weight: 2, arbitrary: fc.record({ remove: name }) },
  { weight: 1, arbitrary: fc.record({ sync: fc.constant('/') }) },
);

/** The files by name; each has a number as its content, and is the only one with it. */
const filesOf = (disk: SimulatedDisk): [string, string][] =>
  disk.files().map((path) => [path, Buffer.from(disk.readFile(path)).toString()]);

it('a crash doubles no file, and loses none whose name was synced and that nobody removed', async () => {
  const property = fc.asyncProperty(fc.array(deed, { size: 'max', maxLength: 20 }), async (deeds) => {
    const disk = simulatedDisk();
    let synced: [string, string][] = [];
    const doomed = new Set<string | undefined>();
    for (const [i, one] of deeds.entries()) {
      const before = new Map(filesOf(disk));
      try {
        if ('create' in one) {
          const file = await disk.open(one.create, 'create');
          await file.write([Buffer.from(`${i}`)], 0);
          await file.sync();
        } else if ('rename' in one) {
          await disk.rename(one.rename, one.to);
          if (one.rename !== one.to) doomed.add(before.get(one.to));
        } else if ('remove' in one) {
          await disk.remove(one.remove);
          doomed.add(before.get(one.remove));
        } else {
          await disk.syncDirectory(one.sync);
          synced = filesOf(disk);
        }
      } catch (error) {
        expect(String(error)).toMatch(/ENOENT|EEXIST/);
      }
    }
    expect(filesOf(disk.crash({ keep: 'all' }))).toEqual(filesOf(disk));
    expect(filesOf(disk.crash({ keep: 'none' }))).toEqual(synced);
    for (let crash = 0; crash < 10; crash++) {
      const contents = filesOf(disk.crash({ seed: crash })).map(([, content]) => content);
      expect(new Set(contents).size).toBe(contents.length);
      for (const [, content] of synced) if (!doomed.has(content)) expect(contents).toContain(content);
    }
  });
  await checkProperty(property, { runs: 100 });
});
