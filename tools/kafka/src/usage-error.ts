/**
 * The user asked for something that cannot be done: a bad option, an unknown broker, a thing that
 * this cluster cannot do. A program that throws it ends with exit code 2.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
