const pollMs = 500;

/**
 * Calls `then` when a command that npm runs has lost its parent. npm passes SIGTERM only to the
 * shell, which dies without passing it on. A command that a person starts may outlive its shell.
 *
 * @param {() => void} then
 * @returns {() => void} stops looking
 */
export function onceOrphaned(then) {
  if (process.env['npm_lifecycle_event'] === undefined) return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, pollMs);
  timer.unref();
  return () => clearInterval(timer);
}
