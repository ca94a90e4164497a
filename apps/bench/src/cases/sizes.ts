/** The values that are sent. */
export const sizes = [
  { name: '100B', bytes: 100 },
  { name: '1KiB', bytes: 1024 },
] as const;
