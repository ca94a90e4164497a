/** A replay notes ids a line each, so that one has no end of line, nor anything else that `deadLetterQueue` puts in none. */
export const isId = (text: string): boolean => /^[\w.:@+-]{1,255}$/.test(text);
