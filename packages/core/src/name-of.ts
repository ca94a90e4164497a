/** Enough for a log line; the message of a foreign error may quote a payload. Never throws, whatever was thrown. */
export function nameOf(error: unknown): string {
  try {
    return error instanceof Error ? error.name : typeof error;
  } catch {
    return 'object'; // a revoked proxy, say: not even its class can be asked for
  }
}
