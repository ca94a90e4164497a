import type { Clock, Disk } from '@holdfast/core/stage';
import type { Output } from './terminal/output.js';
import type { OutputStream } from './terminal/output-stream.js';

/** What the command is given by its process. */
export interface CliEnv {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
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
