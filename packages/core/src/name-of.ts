/** Enough for a log line; the message of a foreign error may quote a payload. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
