import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** The system errors of the simulated disk; faults may use all of them. */
export type DiskErrorCode =
  | 'EACCES'
  | 'EBADF'
  | 'EEXIST'
  | 'EINVAL'
  | 'EIO'
  | 'EISDIR'
  | 'EMFILE'
  | 'ENOENT'
  | 'ENOSPC'
  | 'ENOTDIR'
  | 'ENOTEMPTY'
  | 'ENXIO'
  | 'EPERM'
  | 'EROFS';

/** The system call, as errors name it. */
export interface SystemCall {
  readonly syscall: string;
  /** Absent for a call on an open file, as in Node's errors. */
  readonly path?: string | undefined;
  readonly dest?: string | undefined;
  /** Ignores modes. */
  readonly asRoot?: boolean;
}

const texts = getSystemErrorMap();

/**
 * Returns an error like Node's: `ENOENT: no such file or directory, open '/outbox/1'`, followed by
 * `hint`.
 */
export function diskError(code: DiskErrorCode, call: SystemCall, hint = ''): NodeJS.ErrnoException {
  const errno = -constants.errno[code];
  const { syscall, path, dest } = call;
  const where = (path === undefined ? '' : ` '${path}'`) + (dest === undefined ? '' : ` -> '${dest}'`);
  const text = texts.get(errno)?.[1] ?? 'unknown error';
  const error: NodeJS.ErrnoException = new Error(`${code}: ${text}, ${syscall}${where}${hint}`);
  Object.assign(error, { errno, code, syscall });
  if (path !== undefined) error.path = path;
  if (dest !== undefined) Object.assign(error, { dest });
  return error;
}
