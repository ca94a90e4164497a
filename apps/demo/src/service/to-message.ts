import type { StreamRecord } from '../records.js';

/** A record as both clients' `send` takes it. */
export const toMessage = ({ topic: _, timestamp, headers, ...rest }: StreamRecord) => ({
  ...rest,
  ...(headers !== undefined && { headers: { ...headers } }),
  ...(timestamp !== undefined && { timestamp: String(timestamp) }),
});
