import { UsageError } from '../arguments/usage-error.js';
import type { Context } from '../context.js';
import { kindOf, loadModule, moduleFailed } from './load-module.js';

const option = 'filter';

/** The default export of the module of `--filter`; without one, all fit. */
export async function loadFilter<T>(
  path: string | undefined,
  context: Context,
): Promise<(one: T) => boolean> {
  if (path === undefined) return () => true;
  const { path: file, exports } = await loadModule(option, path, context);
  const filter = exports['default'];
  if (!isFilter<T>(filter)) {
    throw new UsageError([
      `--${option}: the default export of '${file}' is no function, but ${kindOf(filter)}; export one that answers with true or false`,
    ]);
  }
  return (one) => {
    const answer = answerOf(file, () => filter(one));
    if (typeof answer === 'boolean') return answer;
    throw new UsageError([
      `--${option}: the function of '${file}' must answer with true or false, and answered with what is ${kindOf(answer)}`,
    ]);
  };
}

function answerOf(file: string, ask: () => unknown): unknown {
  try {
    return ask();
  } catch (error) {
    throw moduleFailed(`--${option}: the function of '${file}' threw`, error);
  }
}

const isFilter = <T>(value: unknown): value is (one: T) => unknown => typeof value === 'function';
