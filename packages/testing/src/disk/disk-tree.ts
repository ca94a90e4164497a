import { posix } from 'node:path';
import type { Choice } from './choice.js';
import { diskError, type SystemCall } from './disk-error.js';
import { DirectoryNode, nodesUnder, type DiskNode } from './nodes.js';
import type { NodeCloner } from './node-cloner.js';
import { UnsyncedEntries } from './unsynced-entries.js';

/** Where a name is, or could be. */
export interface Place {
  readonly directory: DirectoryNode;
  readonly name: string;
}

/** Directories and files, found by path. A path that does not begin with `/` is taken from there, too. */
export class DiskTree {
  constructor(
    private readonly root = new DirectoryNode(),
    readonly unsynced = new UnsyncedEntries(),
  ) {}

  /** What is there; `undefined`: nothing. */
  find(path: string, call: SystemCall): DiskNode | undefined {
    return this.walk(namesOf(path), call);
  }

  directory(path: string, call: SystemCall): DirectoryNode {
    const node = this.find(path, call);
    if (node === undefined) throw diskError('ENOENT', call);
    if (node.kind !== 'directory') throw diskError('ENOTDIR', call);
    return node;
  }

  /** Where the path's last name belongs; its directory must be there. */
  place(path: string, call: SystemCall): Place {
    const names = namesOf(path);
    const name = names.pop();
    if (name === undefined) throw diskError('EISDIR', call);
    const directory = this.walk(names, call);
    if (directory === undefined) throw diskError('ENOENT', call);
    if (directory.kind !== 'directory') throw diskError('ENOTDIR', call);
    maySearch(directory, call);
    return { directory, name };
  }

  /** Every path to a file under the directory, sorted. */
  files(path: string): string[] {
    const paths: string[] = [];
    const under = (directory: DirectoryNode, prefix: string): void => {
      for (const [name, node] of directory.entries) {
        if (node.kind === 'directory') under(node, `${prefix}${name}/`);
        else if (node.kind === 'file') paths.push(`${prefix}${name}`);
      }
    };
    const top = namesOf(path).map((name) => `${name}/`);
    under(this.directory(path, { syscall: 'scandir', path, asRoot: true }), `/${top.join('')}`);
    return paths.sort();
  }

  nodes(): Iterable<DiskNode> {
    return nodesUnder(this.root);
  }

  crash(choice: Choice): void {
    this.unsynced.crash(choice.another());
    const restore = (directory: DirectoryNode): void => {
      directory.entries = new Map(directory.durable);
      for (const node of directory.entries.values()) {
        if (node.kind === 'directory') {
          restore(node);
        } else {
          node.links = 1;
          node.content.crash(choice.another());
        }
      }
    };
    restore(this.root);
  }

  /** A tree that shares nothing with this one that can change. */
  fork(cloner: NodeCloner): DiskTree {
    return new DiskTree(cloner.ofDirectory(this.root), this.unsynced.fork(cloner));
  }

  private walk(names: readonly string[], call: SystemCall): DiskNode | undefined {
    let node: DiskNode = this.root;
    for (const name of names) {
      if (node.kind !== 'directory') throw diskError('ENOTDIR', call);
      maySearch(node, call);
      const next: DiskNode | undefined = node.entries.get(name);
      if (next === undefined) return undefined;
      node = next;
    }
    return node;
  }
}

/** `/outbox/1` as its two names. */
export const namesOf = (path: string): string[] =>
  posix
    .resolve('/', path)
    .split('/')
    .filter((name) => name !== '');

function maySearch({ mode }: DirectoryNode, call: SystemCall): void {
  if ((mode & 0o100) === 0 && call.asRoot !== true) throw diskError('EACCES', call);
}
