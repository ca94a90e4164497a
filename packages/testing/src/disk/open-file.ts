import type { DiskFile, OpenMode, PathInfo } from '@holdfast/core/stage';
import type { DiskOperation } from './disk-call.js';
import { diskError, type DiskErrorCode } from './disk-error.js';
import { infoOf, type FileSystem } from './file-system.js';
import type { FileNode } from './nodes.js';
import type { RunningDisk } from './running-disk.js';

/** An open file of one process. */
export class OpenFile implements DiskFile {
  private open = true;

  constructor(
    private readonly disk: RunningDisk,
    private readonly node: FileNode,
    private readonly about: string,
    private readonly mode: OpenMode,
  ) {}

  write(buffers: readonly Uint8Array[], position: number): Promise<number> {
    // Read when the write takes effect: whoever changes a buffer that is being written finds the change on the disk.
    let given = buffers;
    return this.call({
      operation: 'write',
      mutates: true,
      position,
      bytes: given.reduce((sum, { byteLength }) => sum + byteLength, 0),
      hold: () => (given = [joined(given)]),
      // Node does not ask the system to write no buffers at all.
      run: (fs, node, limit) =>
        given.length === 0 ? 0 : this.writeTo(fs, node, joined(given).subarray(0, limit), position),
    });
  }

  /** Two calls, so that each can fail, or be the last. */
  async writeThrough(buffers: readonly Uint8Array[], position: number): Promise<number> {
    const bytes = await this.write(buffers, position);
    await this.sync();
    return bytes;
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return this.call({
      operation: 'read',
      position,
      run: (_fs, node, limit) => {
        this.refuseNegative('read', position);
        return node.content.read(into.subarray(0, limit), position);
      },
    });
  }

  sync(): Promise<void> {
    const mark = this.node.content.mark();
    return this.call({
      operation: 'sync',
      syscall: 'fdatasync',
      mutates: true,
      run: (_fs, node) => node.content.sync(mark),
      fail: () => this.node.content.failSync(mark),
    });
  }

  truncate(bytes: number): Promise<void> {
    return this.call({
      operation: 'truncate',
      syscall: 'ftruncate',
      mutates: true,
      bytes,
      run: (fs, node) => {
        if (this.mode === 'read') throw this.error('EINVAL', 'ftruncate');
        if (fs.readOnly) throw this.error('EROFS', 'ftruncate');
        this.refuseNegative('ftruncate', bytes);
        fs.resize(node, bytes);
      },
    });
  }

  info(): Promise<PathInfo & { readonly links: number }> {
    return this.call({
      operation: 'info',
      syscall: 'fstat',
      run: (_fs, node) => ({ ...infoOf(node), links: node.links }),
    });
  }

  close(): Promise<void> {
    return this.call({
      operation: 'close',
      run: () => undefined,
      done: () => {
        this.open = false;
        this.disk.fs.closed(this.node);
      },
    });
  }

  private call<T>(call: CallOnFile<T>): Promise<T> {
    return this.disk.run<T>({
      about: this.about,
      mutates: false,
      syscall: call.operation,
      ...call,
      node: this.node,
      run: (fs, node, limit) => {
        if (!this.open || node === undefined) throw this.error('EBADF', call.syscall ?? call.operation);
        return call.run(fs, node, limit);
      },
    });
  }

  private writeTo(fs: FileSystem, node: FileNode, data: Uint8Array, position: number): number {
    if (this.mode === 'read') throw this.error('EBADF', 'write');
    if (fs.readOnly) throw this.error('EROFS', 'write');
    this.refuseNegative('write', position);
    const bytes = fs.room(node, position, data.byteLength);
    if (bytes === 0 && data.byteLength > 0) throw this.error('ENOSPC', 'write');
    fs.write(node, data.subarray(0, bytes), position);
    return bytes;
  }

  private refuseNegative(syscall: string, value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw this.error('EINVAL', syscall);
  }

  private error(code: DiskErrorCode, syscall: string): Error {
    return diskError(code, { syscall });
  }
}

interface CallOnFile<T> {
  readonly operation: DiskOperation;
  /** Default: the operation's name. */
  readonly syscall?: string;
  readonly mutates?: boolean;
  readonly position?: number;
  readonly bytes?: number;
  run(fs: FileSystem, node: FileNode, limit: number): T;
  done?(result: T): void;
  fail?(): void;
  hold?(): void;
}

function joined(buffers: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(buffers.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const buffer of buffers) {
    all.set(buffer, at);
    at += buffer.byteLength;
  }
  return all;
}
