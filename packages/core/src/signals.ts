const signals = ['SIGTERM', 'SIGINT'] as const;

/**
 * Closes on SIGTERM and SIGINT, then lets the signal end the process as it would have. A second signal ends it at once.
 * Returns the function that takes the handlers away.
 */
export function closeOnSignals(close: () => Promise<unknown>): () => void {
  const handle = (signal: NodeJS.Signals): void => {
    stop();
    const end = (): boolean => process.kill(process.pid, signal);
    close().then(end, end);
  };
  const stop = (): void => {
    for (const signal of signals) process.off(signal, handle);
  };
  for (const signal of signals) process.on(signal, handle);
  return stop;
}
