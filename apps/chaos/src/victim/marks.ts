/** The victim's marks on stdout, one per line. */
export const marks = ['opening', 'open', 'closing', 'closed'] as const;
export type Mark = (typeof marks)[number];
