/** The flags of an encoded record's fields; see docs/journal-format.md. */
export const recordFlags = { key: 1, value: 2, headers: 4, partition: 8, nearTime: 16, all: 31 } as const;

/** The kinds of an encoded header's value. */
export const headerKinds = { text: 0, bytes: 1, several: 2 } as const;
