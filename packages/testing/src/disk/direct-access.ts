import { diskError, type SystemCall } from './disk-error.js';
import { namesOf } from './disk-tree.js';
import type { FileSystem } from './file-system.js';
import { DirectoryNode, FileNode, type DiskNode } from './nodes.js';

/**
 * A test's own access to a disk, beside the code under test: at once, durable, whatever the modes.
 * It counts as no call, and no fault applies to it.
 */
export class DirectAccess {
  constructor(protected readonly fs: FileSystem) {}

  get capacityBytes(): number {
    return this.fs.capacityBytes;
  }

  set capacityBytes(bytes: number) {
    this.fs.capacityBytes = bytes;
  }

  get usedBytes(): number {
    return this.fs.usedBytes;
  }

  get readOnly(): boolean {
    return this.fs.readOnly;
  }

  set readOnly(readOnly: boolean) {
    this.fs.readOnly = readOnly;
  }

  readFile(path: string): Uint8Array<ArrayBuffer> {
    const { content } = this.file(path, 'read');
    const bytes = new Uint8Array(content.bytes);
    content.read(bytes, 0);
    return bytes;
  }

  writeFile(path: string, bytes: Uint8Array): void {
    const there = this.find(path);
    if (there?.kind === 'directory') throw diskError('EISDIR', asRoot('open', path));
    const node = there ?? this.enter(path, new FileNode());
    node.content.resize(0);
    node.content.write(bytes.slice(), 0);
    node.content.settle();
    this.settleName(path);
  }

  patchFile(path: string, position: number, bytes: Uint8Array): void {
    const { content } = this.file(path, 'write');
    content.write(bytes.slice(), position);
    content.settle();
  }

  truncateFile(path: string, bytes: number): void {
    const { content } = this.file(path, 'ftruncate');
    content.resize(bytes);
    content.settle();
  }

  erase(path: string): void {
    if (this.find(path) === undefined) throw diskError('ENOENT', asRoot('unlink', path));
    this.fs.detach(this.fs.tree.place(path, asRoot('unlink', path)));
    this.settleName(path);
  }

  chmod(path: string, mode: number): void {
    const node = this.find(path);
    if (node === undefined) throw diskError('ENOENT', asRoot('chmod', path));
    node.mode = mode & 0o777;
  }

  files(directory = '/'): string[] {
    return this.fs.tree.files(directory);
  }

  private find(path: string): DiskNode | undefined {
    return this.fs.tree.find(path, asRoot('stat', path));
  }

  private file(path: string, syscall: string): FileNode {
    const node = this.find(path);
    if (node === undefined) throw diskError('ENOENT', asRoot(syscall, path));
    if (node.kind === 'directory') throw diskError('EISDIR', asRoot(syscall, path));
    return node;
  }

  private enter(path: string, node: FileNode): FileNode {
    const names = namesOf(path);
    for (let depth = 1; depth < names.length; depth++) {
      const level = `/${names.slice(0, depth).join('/')}`;
      if (this.find(level) !== undefined) continue;
      this.attach(level, new DirectoryNode());
    }
    this.attach(path, node);
    return node;
  }

  private attach(path: string, node: DiskNode): void {
    this.fs.tree.unsynced.add([{ ...this.fs.tree.place(path, asRoot('open', path)), node }]);
    this.settleName(path);
  }

  private settleName(path: string): void {
    const { directory, name } = this.fs.tree.place(path, asRoot('fsync', path));
    this.fs.tree.unsynced.settle(directory, name);
  }
}

const asRoot = (syscall: string, path: string): SystemCall => ({ syscall, path, asRoot: true });
