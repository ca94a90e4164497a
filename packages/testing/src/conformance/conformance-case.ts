/** One property of the contract; resolves with what is wrong, in plain words. */
export interface ConformanceCase {
  readonly title: string;
  readonly run: () => Promise<readonly string[]>;
}

/** The same, but a case that fails in an unforeseen way says which it was. */
export const guarded = (name: string, { title, run }: ConformanceCase): ConformanceCase => ({
  title,
  run: async () => {
    try {
      return await run();
    } catch (error) {
      return [
        `'${name}' ended the case "${title}": ${error instanceof Error ? error.message : String(error)}`,
      ];
    }
  },
});
