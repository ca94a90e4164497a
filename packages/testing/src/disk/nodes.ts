import { FileBytes } from './file-bytes.js';

/** A file, which may outlive its name: its directory entry leads here, and so do the open files. */
export class FileNode {
  readonly kind: 'file' | 'other';
  /** Directory entries that lead here: 1 or 0. */
  links = 0;
  /** Open files that lead here. */
  opened = 0;

  constructor(
    public mode = 0o600,
    readonly content = new FileBytes(),
    kind: 'file' | 'other' = 'file',
  ) {
    this.kind = kind;
  }
}

/** A directory, as its readers see it and as it is on the disk. */
export class DirectoryNode {
  readonly kind = 'directory';
  entries = new Map<string, DiskNode>();
  durable = new Map<string, DiskNode>();

  constructor(public mode = 0o700) {}
}

export type DiskNode = FileNode | DirectoryNode;

/** The directory and all that is in it. */
export function* nodesUnder(directory: DirectoryNode): Generator<DiskNode> {
  yield directory;
  for (const node of directory.entries.values()) {
    if (node.kind === 'directory') yield* nodesUnder(node);
    else yield node;
  }
}
