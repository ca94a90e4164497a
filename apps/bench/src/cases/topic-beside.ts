/**
 * On a cluster of which one broker is down: a second topic, which only that broker has, or a
 * healthy one.
 */
export const topicBeside = (topic: string, is: 'down' | 'up'): string => `${topic}-beside-${is}`;
