/** What the victim says of itself on stdout, a line each. */
export const marks = ['opening', 'open', 'closing', 'closed'] as const;
export type Mark = (typeof marks)[number];
