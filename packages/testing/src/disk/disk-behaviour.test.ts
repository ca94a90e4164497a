import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeDisk, type Disk, type DiskFile, type OpenMode } from '@holdfast/core/stage';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkProperty } from '../property/check-property.js';
import { diskBehaviours } from './disk-behaviour.fixture.js';
import { simulatedDisk } from './memory-disk.js';

interface Rooted {
  readonly disk: Disk;
  readonly root: string;
}

async function real(): Promise<Rooted> {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-disk-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return { disk: nodeDisk, root };
}

async function simulated(): Promise<Rooted> {
  const disk = simulatedDisk();
  await disk.makeDirectory('/tmp/disk');
  return { disk, root: '/tmp/disk' };
}

describe.each([
  ['nodeDisk', real],
  ['simulatedDisk', simulated],
])('%s', (_name, make) => {
  it.each(diskBehaviours)('$title', async ({ run }) => {
    const { disk, root } = await make();
    await run(disk, root);
  });
});

const path = fc.constantFrom('/a', '/b', '/d', '/d/a', '/d/e', '/d/e/f', '/a/x');
const position = fc.oneof(fc.nat(20), fc.nat(10_000));
const mode = fc.constantFrom<OpenMode>('create', 'create', 'write', 'read');
const buffers = fc.array(fc.uint8Array({ maxLength: 5_000 }), { maxLength: 3 });

/** `file` is an index into those that are open. */
const deed = fc.oneof(
  fc.record({ deed: fc.constant('open' as const), path, mode }),
  fc.record({ deed: fc.constant('write' as const), file: fc.nat(), buffers, position }),
  fc.record({ deed: fc.constant('read' as const), file: fc.nat(), bytes: fc.nat(5_000), position }),
  fc.record({ deed: fc.constant('truncate' as const), file: fc.nat(), position }),
  fc.record({ deed: fc.constant('sync' as const), file: fc.nat() }),
  fc.record({ deed: fc.constant('rename' as const), path, to: path }),
  fc.record({
    deed: fc.constantFrom(
      'remove' as const,
      'makeDirectory' as const,
      'syncDirectory' as const,
      'list' as const,
      'info' as const,
    ),
    path,
  }),
);
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

async function perform(one: Deed, { disk, root }: Rooted, files: DiskFile[]): Promise<unknown> {
  if ('file' in one) {
    const file = files[one.file % files.length];
    if (file === undefined) return undefined;
    if (one.deed === 'write') return file.write(one.buffers, one.position);
    if (one.deed === 'truncate') return file.truncate(one.position);
    if (one.deed === 'sync') return [await file.sync(), await file.info()];
    const into = Buffer.alloc(one.bytes, 7);
    return [await file.read(into, one.position), into];
  }
  const at = root + one.path;
  if (one.deed === 'rename') return disk.rename(at, root + one.to);
  const info = await disk.info(at);
  if (one.deed === 'open') {
    // Node's opens a directory to be read, which can then be done nothing with.
    if (info?.kind === 'directory' && one.mode === 'read') return undefined;
    return files.push(await disk.open(at, one.mode));
  }
  // A directory's bytes are the file system's affair.
  if (one.deed === 'info') return info?.kind === 'directory' ? info.mode : info;
  // Node's syncs a file there as well.
  if (one.deed === 'syncDirectory' && info?.kind === 'file') return undefined;
  return disk[one.deed](at);
}

/** What each deed came to, a path in it without its root. */
async function resultsOf(rooted: Rooted, deeds: readonly Deed[]): Promise<unknown[]> {
  const results: unknown[] = [];
  const files: DiskFile[] = [];
  for (const one of deeds) {
    const result = perform(one, rooted, files);
    results.push(await result.catch((error: unknown) => String(error).replaceAll(rooted.root, '')));
  }
  await Promise.all(files.map((file) => file.close()));
  return results;
}

it('the two come to the same, whatever is done, errors word for word', async () => {
  const property = fc.asyncProperty(fc.array(deed, { maxLength: 40, size: 'max' }), async (deeds) => {
    const one = await real();
    const other = await simulated();
    expect(await resultsOf(other, deeds)).toEqual(await resultsOf(one, deeds));
    await rm(one.root, { recursive: true });
  });
  await checkProperty(property, { runs: 40 });
});
