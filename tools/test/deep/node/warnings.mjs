/**
 * Returns Node.js's own warnings that our code caused, from the output of programs that ran with
 * `--trace-warnings`: those whose stack has our code before any package's.
 *
 * @param {string} said
 * @returns {string[]} each once, with where it came from
 */
export function ourWarnings(said) {
  // A message may have several lines before its stack.
  const found = said.matchAll(
    /^.*?\(node:\d+\) (.*Warning: .*)\n(?:(?!\s+at |.*\(node:).+\n){0,3}((?:\s+at .*\n?)*)/gm,
  );
  /** @type {Set<string>} */
  const ours = new Set();
  for (const [, message, stack = ''] of found) {
    const caller = stack.split('\n').find((line) => line.includes('/') && !line.includes('(node:'));
    if (caller === undefined || caller.includes('/node_modules/')) continue;
    ours.add(`${message} ${caller.trim()}`);
  }
  return [...ours];
}
