/** Ordinary names that are one letter away from a hook and mean something else. */
const ordinary = ['read', 'state', 'stat', 'closed', 'keep', 'sent', 'flash', 'fresh'];

/**
 * Members of `object` whose names are one slip away from one of `known` that it lacks: one letter too many, too few or wrong,
 * two in the other order, or another case. Nobody would ever look at them.
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
  const rest = one.slice(start);
  const otherRest = other.slice(start);
  return (
    rest === otherRest ||
    rest.slice(1) === otherRest ||
    rest === otherRest.slice(1) ||
    rest.slice(1) === otherRest.slice(1) ||
    (rest.slice(2) === otherRest.slice(2) && rest[0] === otherRest[1] && rest[1] === otherRest[0])
  );
}
