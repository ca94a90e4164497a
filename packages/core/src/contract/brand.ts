/** Returns the symbol by which every copy of the package recognizes the objects of a class. */
export const brandOf = (name: string): symbol => Symbol.for(`@holdfast/core/${name}`);

/** Returns whether the value, or its prototype, carries the brand. Never throws. */
export function hasBrand(value: unknown, brand: symbol): boolean {
  try {
    return typeof value === 'object' && value !== null && brand in value;
  } catch {
    return false; // a revoked proxy
  }
}

/** Returns the result of `instanceof` for a class that does not define `Symbol.hasInstance`. */
export const isInstance = (type: unknown, value: unknown): boolean =>
  Reflect.apply(Function.prototype[Symbol.hasInstance], type, [value]);
