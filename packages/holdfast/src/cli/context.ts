import type { Clock, Disk } from '@holdfast/core/stage';
import type { Output } from './terminal/output.js';

/** A stream that the command writes to. */
export interface Stream {
  readonly isTTY?: boolean;
  write(text: string, done?: (error?: Error | null) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** What the command is given by its process. */
export interface CliEnv {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly clock: Clock;
  readonly disk: Disk;
  /** Aborted with an `Interrupted`. */
  readonly signal: AbortSignal;
  /** `import()`; `url` is that of a file. */
  readonly importModule: (url: string) => Promise<unknown>;
  readonly version: string;
}

/** What each command works with. */
export interface Context extends CliEnv {
  readonly output: Output;
  /** A line on stderr, for a person. */
  readonly say: (line: string) => void;
}
