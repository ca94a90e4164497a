const most = 100;

/** A name of the user's (a topic, a header, an option) as a message shows it: no more of it than helps to find it. */
export const cutName = (name: string): string => (name.length > most ? `${name.slice(0, most)}…` : name);
