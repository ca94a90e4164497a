/**
 * Returns whether `text` can be the id of a letter. A replay notes one id per line, so an id
 * contains no end of line, and nothing else that `deadLetterQueue` never puts into one.
 */
export const isLetterId = (text: string): boolean => /^[\w.:@+-]{1,255}$/.test(text);
