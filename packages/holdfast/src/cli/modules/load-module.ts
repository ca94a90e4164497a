import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isError } from '@holdfast/core/stage';
import type { Context } from '../context.js';
import { moduleFailed, noModule, syntaxError } from '../errors.js';
import { orInterrupted } from '../or-interrupted.js';

/** An ES module of the user's. */
export interface LoadedModule {
  /** Absolute. */
  readonly path: string;
  readonly exports: { readonly [name: string]: unknown };
}

/** `option`: the command-line option that names the module. */
export async function loadModule(option: string, path: string, context: Context): Promise<LoadedModule> {
  const absolute = resolve(path);
  const info = await context.disk.info(absolute).catch(() => undefined);
  if (info?.kind !== 'file') throw noModule(option, absolute);
  try {
    const exports = await orInterrupted(context.importModule(pathToFileURL(absolute).href), context.signal);
    return { path: absolute, exports: { ...Object(exports) } as LoadedModule['exports'] };
  } catch (error) {
    if (error === context.signal.reason) throw error;
    const what = `--${option}: '${absolute}' cannot be loaded`;
    throw isError(error) && error.name === 'SyntaxError'
      ? syntaxError(what, absolute, error)
      : moduleFailed(what, error);
  }
}

/** Returns what a wrong export is, without its content, which may be a key. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
