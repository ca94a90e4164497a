import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ProducerError } from '@holdfast/core';
import { isError } from '@holdfast/core/stage';
import { UsageError } from '../arguments/usage-error.js';
import type { Context } from '../context.js';
import { orInterrupted } from '../interrupted.js';
import { messageOf } from '../terminal/format.js';

/** What an ES module of the user's exports. */
export interface Loaded {
  /** Absolute. */
  readonly path: string;
  readonly exports: { readonly [name: string]: unknown };
}

/** `option`: that of the command line which names the module. */
export async function loadModule(option: string, path: string, context: Context): Promise<Loaded> {
  const absolute = resolve(path);
  const info = await context.disk.info(absolute).catch(() => undefined);
  if (info?.kind !== 'file') {
    throw new UsageError([
      `--${option}: there is no file '${absolute}'; give the path of an ES module (.mjs)`,
    ]);
  }
  try {
    const exports = await orInterrupted(context.importModule(pathToFileURL(absolute).href), context.signal);
    return { path: absolute, exports: { ...Object(exports) } as Loaded['exports'] };
  } catch (error) {
    if (error === context.signal.reason) throw error;
    const failure = moduleFailed(`--${option}: '${absolute}' cannot be loaded`, error);
    // Node keeps the place of a syntax error to itself.
    throw isError(error) && error.name === 'SyntaxError'
      ? withAdvice(failure, `node --check '${absolute}' says where`)
      : failure;
  }
}

/** Of what the user's own code threw. */
export const moduleFailed = (what: string, error: unknown): ProducerError =>
  new ProducerError('MODULE_FAILED', `${what}: ${messageOf(error)}${placeOf(error)}`, { cause: error });

const withAdvice = ({ code, message, cause }: ProducerError, advice: string): ProducerError =>
  new ProducerError(code, `${message}; ${advice}`, { cause });

/** Where it came from, without the rest of the stack. */
function placeOf(error: unknown): string {
  const stack = isError(error) && !ProducerError.is(error) ? (error.stack ?? '') : '';
  const place = /file:\/\/[^\s)]+:\d+/.exec(stack)?.[0];
  return place === undefined ? '' : ` (at ${place})`;
}

/** What a wrong export is, without showing it: it may hold a key. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
