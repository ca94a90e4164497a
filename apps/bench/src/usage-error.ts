/** The user asked for something that the bench cannot do. The process ends with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
