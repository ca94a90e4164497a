/** What was typed makes no sense, all problems at once. The process ends with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('; '));
  }
}
