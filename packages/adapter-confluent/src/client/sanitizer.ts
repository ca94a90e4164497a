/** Puts `***` in the place of every secret of the configuration, as a broker's or a library's words may repeat one. */
export function sanitizer(secrets: readonly string[]): (text: string) => string {
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}
