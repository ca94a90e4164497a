import type { OpenMode, PathInfo } from '@holdfast/core/stage';
import { diskError, type SystemCall } from './disk-error.js';
import { DiskTree, namesOf, type Place } from './disk-tree.js';
import type { FileBytes } from './file-bytes.js';
import { DirectoryNode, FileNode, nodesUnder, type DiskNode } from './nodes.js';
import { pageBytes } from './pages.js';
import type { NodeCloner } from './node-cloner.js';

/** What the owner needs of a file's mode. A new file suits any. */
const neededBits: { readonly [mode in OpenMode]: number } = { create: 0, write: 0o600, read: 0o400 };

/** A POSIX file system without time: every call takes effect at once, or throws Node's error. The caller owns every file. */
export class FileSystem {
  capacityBytes = Infinity;
  readOnly = false;
  /** Files without a name that are open, and take space still. */
  private readonly nameless = new Set<FileNode>();

  constructor(
    private readonly writebackBytes: number,
    readonly tree = new DiskTree(),
  ) {}

  /** Whole pages, of which a file of one byte takes one. */
  get usedBytes(): number {
    let pages = 0;
    for (const node of this.tree.nodes()) if (node.kind !== 'directory') pages += node.content.allocatedPages;
    for (const node of this.nameless) pages += node.content.allocatedPages;
    return pages * pageBytes;
  }

  info(path: string): PathInfo | undefined {
    const node = this.tree.find(path, { syscall: 'stat', path });
    return node && infoOf(node);
  }

  makeDirectory(path: string): void {
    const call = { syscall: 'mkdir', path };
    const names = namesOf(path);
    for (let depth = 1; depth <= names.length; depth++) {
      const level = `/${names.slice(0, depth).join('/')}`;
      const node = this.tree.find(level, call);
      if (node === undefined) this.enter(this.tree.place(level, call), new DirectoryNode(), call);
      else if (node.kind !== 'directory')
        throw diskError(depth === names.length ? 'EEXIST' : 'ENOTDIR', call);
    }
  }

  list(path: string): string[] {
    const call = { syscall: 'scandir', path };
    const directory = this.tree.directory(path, call);
    if ((directory.mode & 0o400) === 0) throw diskError('EACCES', call);
    return [...directory.entries.keys()].sort();
  }

  open(path: string, mode: OpenMode): FileNode {
    const call = { syscall: 'open', path };
    const node = mode === 'create' ? this.create(path, call) : this.tree.find(path, call);
    if (node === undefined) throw diskError('ENOENT', call);
    if (node.kind === 'directory') throw diskError('EISDIR', call);
    if (node.kind === 'other') throw diskError('ENXIO', call);
    if ((node.mode & neededBits[mode]) !== neededBits[mode]) throw diskError('EACCES', call);
    if (mode === 'write' && this.readOnly) throw diskError('EROFS', call);
    return node;
  }

  /** Of what `open` gave: it keeps its bytes without a name, until it is closed as often. */
  opened(node: FileNode): void {
    node.opened++;
  }

  closed(node: FileNode): void {
    if (--node.opened === 0) this.nameless.delete(node);
  }

  makePrivate(path: string): void {
    const call = { syscall: 'chmod', path };
    const node = this.tree.find(path, call);
    if (node === undefined) throw diskError('ENOENT', call);
    if (this.readOnly) throw diskError('EROFS', call);
    node.mode &= 0o700;
  }

  rename(from: string, to: string): void {
    const call = { syscall: 'rename', path: from, dest: to };
    const source = this.tree.place(from, call);
    const target = this.tree.place(to, call);
    const node = entryAt(source);
    const replaced = entryAt(target);
    if (node === undefined) throw diskError('ENOENT', call);
    if (node === replaced) return;
    if (isBelow(to, from)) throw diskError('EINVAL', call);
    if (isBelow(from, to)) throw diskError('ENOTEMPTY', call);
    if (node.kind === 'directory' && replaced !== undefined && replaced.kind !== 'directory') {
      throw diskError('ENOTDIR', call);
    }
    if (replaced?.kind === 'directory') {
      if (node.kind !== 'directory') throw diskError('EISDIR', call);
      if (replaced.entries.size > 0) throw diskError('ENOTEMPTY', call);
    }
    this.mayChange(source.directory, call);
    this.mayChange(target.directory, call);
    this.tree.unsynced.add([
      { ...source, node: undefined },
      { ...target, node },
    ]);
    this.noteNameless(replaced);
  }

  remove(path: string): void {
    const call = { syscall: 'unlink', path };
    const place = this.tree.place(path, call);
    const node = entryAt(place);
    if (node === undefined) throw diskError('ENOENT', call);
    if (node.kind === 'directory') throw diskError('EISDIR', call);
    this.mayChange(place.directory, call);
    this.detach(place);
  }

  /** Takes the name away, with all that is below it. */
  detach(place: Place): void {
    const node = entryAt(place);
    this.tree.unsynced.add([{ ...place, node: undefined }]);
    if (node?.kind !== 'directory') return this.noteNameless(node);
    for (const below of nodesUnder(node)) {
      if (below.kind === 'directory') continue;
      below.links = 0;
      this.noteNameless(below);
    }
  }

  syncDirectory(path: string, mark: number): void {
    const call = { syscall: 'open', path };
    const directory = this.tree.directory(path, call);
    if ((directory.mode & 0o400) === 0) throw diskError('EACCES', call);
    this.tree.unsynced.sync(directory, mark);
  }

  /** A name that nobody can open, such as a socket's. */
  enterOther(path: string, call: SystemCall): void {
    this.enter(this.tree.place(path, call), new FileNode(0o755, undefined, 'other'), call);
  }

  /** How many of `bytes` can be written; 0: none, for want of space. */
  room({ content }: FileNode, position: number, bytes: number): number {
    if (this.capacityBytes === Infinity) return bytes;
    return content.room(position, bytes, Math.floor((this.capacityBytes - this.usedBytes) / pageBytes));
  }

  /** `data` is kept, and must not change any more. */
  write({ content }: FileNode, data: Uint8Array, position: number): void {
    if (data.byteLength === 0) return;
    content.write(data, position);
    this.writeBack(content);
  }

  resize({ content }: FileNode, bytes: number): void {
    content.resize(bytes);
    this.writeBack(content);
  }

  /** The same without the open files. */
  fork(cloner: NodeCloner): FileSystem {
    const fork = new FileSystem(this.writebackBytes, this.tree.fork(cloner));
    fork.capacityBytes = this.capacityBytes;
    fork.readOnly = this.readOnly;
    return fork;
  }

  private writeBack(content: FileBytes): void {
    if (content.unsyncedBytes > this.writebackBytes) content.sync(content.mark());
  }

  private create(path: string, call: SystemCall): FileNode {
    const place = this.tree.place(path, call);
    if (entryAt(place) !== undefined) throw diskError('EEXIST', call);
    const node = new FileNode();
    this.enter(place, node, call);
    return node;
  }

  private enter(place: Place, node: DiskNode, call: SystemCall): void {
    this.mayChange(place.directory, call);
    this.tree.unsynced.add([{ ...place, node }]);
  }

  private mayChange(directory: DirectoryNode, call: SystemCall): void {
    if (this.readOnly) throw diskError('EROFS', call);
    if ((directory.mode & 0o200) === 0) throw diskError('EACCES', call);
  }

  private noteNameless(node: DiskNode | undefined): void {
    if (node !== undefined && node.kind !== 'directory' && node.opened > 0) this.nameless.add(node);
  }
}

export function infoOf(node: DiskNode): PathInfo {
  const bytes = node.kind === 'directory' ? pageBytes : node.content.bytes;
  return { kind: node.kind, bytes, mode: node.mode };
}

const entryAt = ({ directory, name }: Place): DiskNode | undefined => directory.entries.get(name);

const isBelow = (path: string, above: string): boolean =>
  `/${namesOf(path).join('/')}/`.startsWith(`/${namesOf(above).join('/')}/`);
