/**
 * Returns a function that replaces each secret with `***`: the text of a broker or a library may
 * repeat one.
 */
export function sanitizer(secrets: readonly string[]): (text: string) => string {
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}
