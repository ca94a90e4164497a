import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** The system errors of the simulated disk; a fault may use any of them. */
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

/** What the operating system was asked for, as its errors name it. */
export interface SystemCall {
  readonly syscall: string;
  /** Missing for a call on an open file, as in Node's errors. */
  readonly path?: string | undefined;
  readonly dest?: string | undefined;
  /** Modes are not looked at. */
  readonly asRoot?: boolean;
}

const texts = getSystemErrorMap();

/** As Node makes it: `ENOENT: no such file or directory, open '/outbox/1'`. `hint` goes behind that. */
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
