import type { Clock, Disk } from '@holdfast/core/stage';
import type { OutputStream } from './terminal/output-stream.js';
import type { Output } from './terminal/output.js';

/** What the process provides to the command. */
export interface CliEnv {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly clock: Clock;
  readonly disk: Disk;
  /** Aborted with an `Interrupted`. */
  readonly signal: AbortSignal;
  /** `import()`. `url` is that of a file. */
  readonly importModule: (url: string) => Promise<unknown>;
  readonly version: string;
}

/** What each command works with. */
export interface Context extends CliEnv {
  readonly output: Output;
  /** Writes a line to stderr. */
  readonly log: (line: string) => void;
}
