import { DirectoryNode, FileNode, type DiskNode } from './nodes.js';

/** Copies nodes, each once, with all that they lead to. Files share their pages with the originals until either is written. */
export class Twins {
  private readonly directories = new Map<DirectoryNode, DirectoryNode>();
  private readonly files = new Map<FileNode, FileNode>();

  ofDirectory(node: DirectoryNode): DirectoryNode {
    const known = this.directories.get(node);
    if (known !== undefined) return known;
    const twin = new DirectoryNode(node.mode);
    this.directories.set(node, twin);
    twin.entries = this.ofEntries(node.entries);
    twin.durable = this.ofEntries(node.durable);
    return twin;
  }

  ofFile(node: FileNode): FileNode {
    const known = this.files.get(node);
    if (known !== undefined) return known;
    const twin = new FileNode(node.mode, node.content.fork(), node.kind);
    twin.links = node.links;
    this.files.set(node, twin);
    return twin;
  }

  of(node: DiskNode): DiskNode {
    return node.kind === 'directory' ? this.ofDirectory(node) : this.ofFile(node);
  }

  private ofEntries(entries: Map<string, DiskNode>): Map<string, DiskNode> {
    return new Map(Array.from(entries, ([name, node]) => [name, this.of(node)]));
  }
}
