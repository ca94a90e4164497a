/**
 * Returns the path of the first value in stats that is not a number, string, boolean or object of
 * these; `undefined` if none.
 */
export function notPlain(value: unknown, path = 'stats'): string | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number' && !Number.isNaN(value)) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
    return `${path} is ${kindOf(value)}`;
  }
  for (const [name, one] of Object.entries(value)) {
    const wrong = notPlain(one, `${path}.${name}`);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function kindOf(value: unknown): string {
  if (value === null || Number.isNaN(value)) return String(value);
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
