import type { Disk } from '../contract/disk.js';
import { codeOf } from '../foreign/system-code.js';

/** A path that other users can access, and why its permissions were not changed. */
export interface ExposedPath {
  readonly path: string;
  /** Permission bits, for example `0o640`. */
  readonly mode: number;
  /** The error code of `Disk.makePrivate`, or of the system. */
  readonly code: string;
}

export interface Privacy {
  /** Paths whose permissions for group and others were just removed. */
  readonly tightened: readonly string[];
  readonly exposed: readonly ExposedPath[];
}

const forOthers = 0o077;

/**
 * Removes the permissions of group and others from the paths that this process's user owns. A mount
 * may have added them, as Kubernetes does for `fsGroup`. Skips paths that are missing, unreadable,
 * or neither a file nor a directory.
 */
export async function makeAllPrivate(disk: Disk, paths: readonly string[]): Promise<Privacy> {
  const tightened: string[] = [];
  const exposed: ExposedPath[] = [];
  for (const path of paths) {
    const info = await disk.info(path).catch(() => undefined);
    if (info === undefined || info.kind === 'other' || (info.mode & forOthers) === 0) continue;
    try {
      if (disk.makePrivate === undefined) throw noSuchCall;
      await disk.makePrivate(path);
      tightened.push(path);
    } catch (error) {
      // Its own process removed it meanwhile.
      if (codeOf(error) === 'ENOENT') continue;
      exposed.push({ path, mode: info.mode, code: codeOf(error) ?? 'UNKNOWN' });
    }
  }
  return { tightened, exposed };
}

const noSuchCall = Object.assign(new Error('this disk cannot change permissions'), { code: 'ENOSYS' });

const mostNamed = 5;
const reasons: { readonly [code: string]: string } = {
  EPERM: "another user's",
  EMLINK: 'a file with a second hard link',
  ELOOP: 'a link, which is not followed',
};

/** Describes each path: its mode, and why its permissions were not changed. */
export const describeExposed = (exposed: readonly ExposedPath[]): string[] =>
  exposed.map(
    ({ path, mode, code }) =>
      `'${path}' (mode ${mode.toString(8).padStart(4, '0')}, ${reasons[code] ?? code})`,
  );

/**
 * Describes the paths in one line: the first five, the number of others, and the command that fixes
 * all. `root` contains all of them, or is the only one.
 */
export function remedyOf(exposed: readonly ExposedPath[], root: string): string {
  const more = exposed.length > mostNamed ? `; and ${exposed.length - mostNamed} more` : '';
  const named = describeExposed(exposed.slice(0, mostNamed)).join('; ');
  const quoted = `'${root.replaceAll("'", String.raw`'\''`)}'`;
  const isForeign = exposed.some(({ code }) => code === 'EPERM');
  const take = isForeign ? `chown -hR ${process.geteuid?.() ?? ''} ${quoted} && ` : '';
  return `${named}${more}; run: ${take}chmod -R go-rwx ${quoted}`;
}
