const signals = ['SIGTERM', 'SIGINT'] as const;

type Close = () => Promise<unknown>;

/** All producers of the process: none may end it while another still delivers. */
const open = new Set<Close>();

/**
 * Closes on SIGTERM and SIGINT, then lets the signal end the process as it would have. If the
 * signal has another listener, the exit is left to that listener. A second signal ends the process
 * at once. Returns the function that stops listening.
 */
export function closeOnSignals(close: Close): () => void {
  if (open.size === 0) for (const signal of signals) process.on(signal, closeAll);
  open.add(close);
  return () => {
    open.delete(close);
    if (open.size === 0) stopListening();
  };
}

function closeAll(signal: NodeJS.Signals): void {
  stopListening();
  void Promise.allSettled([...open].map((close) => close())).then(() => {
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  });
}

function stopListening(): void {
  for (const signal of signals) process.off(signal, closeAll);
}
