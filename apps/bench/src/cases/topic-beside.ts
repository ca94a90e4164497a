/** On a cluster of which one broker is down: a second topic, which that broker alone has, or one that is well. */
export const topicBeside = (topic: string, is: 'down' | 'up'): string => `${topic}-beside-${is}`;
