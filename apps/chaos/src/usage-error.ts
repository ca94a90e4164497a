/** The user asked for something that cannot be done. The process ends with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
