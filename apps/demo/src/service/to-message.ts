import type { StreamRecord } from '../records.js';

/** Converts a record for `send` of both clients. */
export const toMessage = ({ topic: _, timestamp, headers, ...rest }: StreamRecord) => ({
  ...rest,
  ...(headers !== undefined && { headers: { ...headers } }),
  ...(timestamp !== undefined && { timestamp: String(timestamp) }),
});
