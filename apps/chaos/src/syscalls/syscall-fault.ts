import type { DiskCall, DiskError } from '../victim/faulty-disk.js';

/** A fault in one kind of system call. */
export interface SyscallFault {
  /** As strace names them. A question mark means that the call may not exist on this machine. */
  readonly syscalls: string;
  /** The same calls as the journal makes them. */
  readonly calls: readonly DiskCall[];
  readonly effect: DiskError | 'kill';
  /** True: from the nth call on; false: at that call alone. */
  readonly lasting: boolean;
}

const sync = { syscalls: 'fdatasync', calls: ['sync'] } as const;
const write = { syscalls: 'pwritev,pwrite64', calls: ['write'] } as const;
const syncDirectory = { syscalls: 'fsync', calls: ['syncDirectory'] } as const;
const truncate = { syscalls: 'ftruncate', calls: ['truncate'] } as const;
const rename = { syscalls: '?rename,?renameat,?renameat2', calls: ['rename'] } as const;

export const syscallFaults: readonly SyscallFault[] = [
  { ...sync, effect: 'EIO', lasting: false },
  { ...sync, effect: 'kill', lasting: false },
  { ...sync, effect: 'EIO', lasting: true },
  { ...write, effect: 'ENOSPC', lasting: false },
  { ...write, effect: 'EIO', lasting: false },
  { ...write, effect: 'kill', lasting: false },
  { ...write, effect: 'ENOSPC', lasting: true },
  { ...syncDirectory, effect: 'EIO', lasting: false },
  { ...syncDirectory, effect: 'kill', lasting: false },
  { ...truncate, effect: 'ENOSPC', lasting: false },
  { ...truncate, effect: 'kill', lasting: false },
  { ...rename, effect: 'EIO', lasting: false },
  { ...rename, effect: 'kill', lasting: false },
];

export function nameOf({ syscalls, effect, lasting }: SyscallFault): string {
  const [syscall = ''] = syscalls.replaceAll('?', '').split(',');
  return `${syscall} ${effect}${lasting ? ' from then on' : ''}`;
}
