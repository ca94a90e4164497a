/** Returns the symbol by which the objects of a class are known to every copy of the package. */
export const brandOf = (name: string): symbol => Symbol.for(`@holdfast/core/${name}`);

/** Returns whether the value, or its prototype, carries the brand. Never throws. */
export function hasBrand(value: unknown, brand: symbol): boolean {
  try {
    return typeof value === 'object' && value !== null && brand in value;
  } catch {
    return false; // a revoked proxy
  }
}

/** Returns what `instanceof` returns for a class without a `Symbol.hasInstance` of its own. */
export const isInstance = (type: unknown, value: unknown): boolean =>
  Reflect.apply(Function.prototype[Symbol.hasInstance], type, [value]);
