import { DirectoryNode, FileNode, type DiskNode } from './nodes.js';

/** Copies nodes, each once, with all that they lead to. Files share their pages with the originals until either is written. */
export class NodeCloner {
  private readonly directories = new Map<DirectoryNode, DirectoryNode>();
  private readonly files = new Map<FileNode, FileNode>();

  ofDirectory(node: DirectoryNode): DirectoryNode {
    const known = this.directories.get(node);
    if (known !== undefined) return known;
    const clone = new DirectoryNode(node.mode);
    this.directories.set(node, clone);
    clone.entries = this.ofEntries(node.entries);
    clone.durable = this.ofEntries(node.durable);
    return clone;
  }

  ofFile(node: FileNode): FileNode {
    const known = this.files.get(node);
    if (known !== undefined) return known;
    const clone = new FileNode(node.mode, node.content.fork(), node.kind);
    clone.links = node.links;
    this.files.set(node, clone);
    return clone;
  }

  of(node: DiskNode): DiskNode {
    return node.kind === 'directory' ? this.ofDirectory(node) : this.ofFile(node);
  }

  private ofEntries(entries: Map<string, DiskNode>): Map<string, DiskNode> {
    return new Map(Array.from(entries, ([name, node]) => [name, this.of(node)]));
  }
}
