import { isAbsolute, join } from 'node:path';

/**
 * Returns where this code is, as a path or a file URL, for `createRequire`: in a bundle, where the
 * bundle is. Not by `import.meta`, which is a syntax error in code that a bundler or a test runner
 * made CommonJS.
 */
export function ownLocation(): string {
  if (typeof __filename === 'string') return __filename;
  return thisFile() ?? join(process.cwd(), 'index.js');
}

/** Takes it from the engine's call sites: the text of a stack may come from a source map. */
function thisFile(): string | undefined {
  const before = Object.assign({ prepareStackTrace: undefined }, Error);
  const fileOfTop = (_: Error, [site]: NodeJS.CallSite[]): unknown => site?.getFileName();
  const trace: { stack?: unknown } = {};
  try {
    Object.assign(Error, { stackTraceLimit: 1, prepareStackTrace: fileOfTop });
    Error.captureStackTrace(trace);
    const { stack } = trace;
    Object.assign(Error, before);
    return typeof stack === 'string' && (stack.startsWith('file:') || isAbsolute(stack)) ? stack : undefined;
  } catch {
    return undefined; // a process may have frozen Error
  }
}
