import type { Disk } from '../contract/disk.js';
import { codeOf } from '../foreign/system-code.js';

/** What somebody else can read, and why that was not mended. */
export interface ExposedPath {
  readonly path: string;
  /** Permission bits, as `0o640`. */
  readonly mode: number;
  /** See `Disk.makePrivate`, or what the system said. */
  readonly code: string;
}

export interface Privacy {
  /** Paths of which group and others lost their permissions just now. */
  readonly tightened: readonly string[];
  readonly exposed: readonly ExposedPath[];
}

const forOthers = 0o077;

/**
 * Takes the permissions of group and others from those of the paths that are this process's own: a mount may have added them, as
 * Kubernetes does for `fsGroup`. What is not there, is neither file nor directory, or cannot be looked at is passed over.
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
      // Removed meanwhile by its own process.
      if (codeOf(error) === 'ENOENT') continue;
      exposed.push({ path, mode: info.mode, code: codeOf(error) ?? 'UNKNOWN' });
    }
  }
  return { tightened, exposed };
}

const noSuchCall = Object.assign(new Error('this disk changes no permissions'), { code: 'ENOSYS' });

const mostNamed = 5;
const reasons: { readonly [code: string]: string } = {
  EPERM: "another user's",
  EMLINK: 'a file with a second name elsewhere',
  ELOOP: 'a link, which is not followed',
};

/** Each path, its mode, and why it was left as it is. */
export const describeExposed = (exposed: readonly ExposedPath[]): string[] =>
  exposed.map(
    ({ path, mode, code }) =>
      `'${path}' (mode ${mode.toString(8).padStart(4, '0')}, ${reasons[code] ?? code})`,
  );

/** For one line: some of them, how many more, and the command that mends all. `root`: all of them are in it, or are it. */
export function remedyOf(exposed: readonly ExposedPath[], root: string): string {
  const more = exposed.length > mostNamed ? `; and ${exposed.length - mostNamed} more` : '';
  const named = describeExposed(exposed.slice(0, mostNamed)).join('; ');
  const quoted = `'${root.replaceAll("'", String.raw`'\''`)}'`;
  const isForeign = exposed.some(({ code }) => code === 'EPERM');
  const take = isForeign ? `chown -hR ${process.geteuid?.() ?? ''} ${quoted} && ` : '';
  return `${named}${more}; run: ${take}chmod -R go-rwx ${quoted}`;
}
