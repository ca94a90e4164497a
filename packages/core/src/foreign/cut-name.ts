const most = 100;

/** Returns the user's name of a topic, header or option for a message, cut at 100 characters. */
export const cutName = (name: string): string => (name.length > most ? `${name.slice(0, most)}…` : name);
