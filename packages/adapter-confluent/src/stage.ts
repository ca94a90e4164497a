/** How errors, events and `stats()` name this adapter. */
export const stage = 'confluent';
