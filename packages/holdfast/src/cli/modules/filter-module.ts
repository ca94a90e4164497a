import type { Context } from '../context.js';
import { moduleFailed, notABoolean, notAFunction } from '../errors.js';
import { kindOf, loadModule } from './load-module.js';

/**
 * Loads the default export of the module of `--filter`. Without a module, everything is included.
 */
export async function loadFilter<T>(
  path: string | undefined,
  context: Context,
): Promise<(item: T) => boolean> {
  if (path === undefined) return () => true;
  const { path: file, exports } = await loadModule('filter', path, context);
  const filter = exports['default'];
  if (!isFilter<T>(filter)) throw notAFunction(file, kindOf(filter));
  return (item) => {
    const isIncluded = call(file, () => filter(item));
    if (typeof isIncluded === 'boolean') return isIncluded;
    throw notABoolean(file, kindOf(isIncluded));
  };
}

function call(file: string, filter: () => unknown): unknown {
  try {
    return filter();
  } catch (error) {
    throw moduleFailed(`--filter: the function of '${file}' threw`, error);
  }
}

const isFilter = <T>(value: unknown): value is (item: T) => unknown => typeof value === 'function';
