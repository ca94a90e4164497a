/** Ordinary names one letter away from a hook's. */
const ordinary = ['read', 'state', 'stat', 'closed', 'keep', 'sent', 'flash', 'fresh'];

/**
 * Returns the members of `object` that look like a misspelling of a name in `known` that it lacks:
 * one letter too many, too few or wrong, two letters swapped, or another case. Nothing would ever
 * call them.
 */
export function nearMisses(object: object, known: readonly string[]): string[] {
  const missing = known.filter((name) => !(name in object));
  return namesIn(object)
    .filter((name) => !known.includes(name) && !ordinary.includes(name))
    .flatMap((name) => {
      const meant = missing.find((one) => isOneSlip(name.toLowerCase(), one.toLowerCase()));
      return meant === undefined ? [] : [`has '${name}', which nobody looks at; is '${meant}' meant?`];
    });
}

function namesIn(object: object): string[] {
  const names = new Set<string>();
  for (let at: unknown = object; isObject(at) && at !== Object.prototype; at = Object.getPrototypeOf(at))
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  return [...names];
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function isOneSlip(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start++;
  const [a = '', b = ''] = one.slice(start);
  const [c = '', d = ''] = other.slice(start);
  const rest = (text: string, letters: number): string => text.slice(start + letters);
  return (
    rest(one, 0) === rest(other, 0) ||
    rest(one, 1) === rest(other, 0) ||
    rest(one, 0) === rest(other, 1) ||
    rest(one, 1) === rest(other, 1) ||
    (a === d && b === c && rest(one, 2) === rest(other, 2))
  );
}
