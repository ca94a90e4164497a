import type { Choice } from './choice.js';
import type { DirectoryNode, DiskNode } from './nodes.js';
import type { NodeCloner } from './node-cloner.js';

/** One name, and what it leads to from now on; `undefined`: nothing. */
export interface EntryChange {
  readonly directory: DirectoryNode;
  readonly name: string;
  readonly node: DiskNode | undefined;
}

/** Changes that happen together or not at all: a rename is two. */
interface EntryOperation {
  readonly sequence: number;
  readonly changes: readonly EntryChange[];
  /** The directories that must be synced before it is durable. */
  readonly awaits: Set<DirectoryNode>;
}

/**
 * What was made, renamed and removed without being durable. Operations on different names reach the disk in any order; one
 * never without those before it on a name that it touches.
 */
export class UnsyncedEntries {
  private operations: EntryOperation[] = [];
  private sequence = 0;

  add(changes: readonly EntryChange[]): void {
    for (const { directory, name, node } of changes) {
      const before = directory.entries.get(name);
      if (before !== undefined && before.kind !== 'directory') before.links--;
      if (node !== undefined && node.kind !== 'directory') node.links++;
      setEntry(directory.entries, name, node);
    }
    const awaits = new Set(changes.map(({ directory }) => directory));
    this.operations.push({ sequence: ++this.sequence, changes, awaits });
  }

  /** What a sync that is called now makes durable. */
  mark(): number {
    return this.sequence;
  }

  sync(directory: DirectoryNode, mark: number): void {
    for (const { sequence, awaits } of this.operations) if (sequence <= mark) awaits.delete(directory);
    this.finish(({ awaits }) => awaits.size === 0);
  }

  /** Makes what is at one name durable. */
  settle(directory: DirectoryNode, name: string): void {
    this.finish(({ changes }) => changes.some((one) => one.directory === directory && one.name === name));
  }

  /** The power is lost: each happens on the disk, or not. What readers see is left as it was. */
  crash(choice: Choice): void {
    const undone = new Names();
    for (const operation of this.operations) {
      if (!undone.hasAny(operation.changes) && choice.happens()) makeDurable(operation);
      else undone.add(operation.changes);
    }
    this.operations = [];
  }

  fork(cloner: NodeCloner): UnsyncedEntries {
    const fork = new UnsyncedEntries();
    fork.sequence = this.sequence;
    fork.operations = this.operations.map(({ sequence, changes, awaits }) => ({
      sequence,
      changes: changes.map(({ directory, name, node }) => ({
        directory: cloner.ofDirectory(directory),
        name,
        node: node && cloner.of(node),
      })),
      awaits: new Set(Array.from(awaits, (directory) => cloner.ofDirectory(directory))),
    }));
    return fork;
  }

  /** Makes these durable, with all before them on the same names. */
  private finish(isDue: (operation: EntryOperation) => boolean): void {
    const needed = new Names();
    const due = new Set<EntryOperation>();
    for (const operation of [...this.operations].reverse()) {
      if (!isDue(operation) && !needed.hasAny(operation.changes)) continue;
      needed.add(operation.changes);
      due.add(operation);
    }
    [...due].reverse().forEach(makeDurable);
    this.operations = this.operations.filter((operation) => !due.has(operation));
  }
}

class Names {
  private readonly names = new Map<DirectoryNode, Set<string>>();

  add(changes: readonly EntryChange[]): void {
    for (const { directory, name } of changes) {
      this.names.set(directory, (this.names.get(directory) ?? new Set()).add(name));
    }
  }

  hasAny(changes: readonly EntryChange[]): boolean {
    return changes.some(({ directory, name }) => this.names.get(directory)?.has(name));
  }
}

function makeDurable({ changes }: EntryOperation): void {
  for (const { directory, name, node } of changes) setEntry(directory.durable, name, node);
}

function setEntry(entries: Map<string, DiskNode>, name: string, node: DiskNode | undefined): void {
  if (node === undefined) entries.delete(name);
  else entries.set(name, node);
}
