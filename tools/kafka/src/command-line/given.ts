/** The options and operands of one command line. Collects what is wrong with them. */
export class Given<Option extends string = string> {
  readonly problems: string[] = [];

  constructor(
    /** By option, in the order in which they were given; a flag has an empty one. */
    private readonly values: ReadonlyMap<string, readonly string[]>,
    readonly operands: readonly string[],
  ) {}

  flag(option: Option): boolean {
    return this.values.has(option);
  }

  /** Every value of an option that may be given several times. */
  texts(option: Option): readonly string[] {
    return this.values.get(option) ?? [];
  }

  oneOf<T extends string>(option: Option, known: readonly T[]): T | undefined {
    const text = this.texts(option).at(-1);
    return text === undefined ? undefined : this.known(option, text, known);
  }

  /** Values may be separated by commas; the result is in the order of `known`. */
  someOf<T extends string>(option: Option, known: readonly T[]): readonly T[] | undefined {
    if (!this.flag(option)) return undefined;
    const texts = this.texts(option).flatMap((list) => list.split(','));
    const named = texts.map((text) => this.known(option, text.trim(), known));
    return known.filter((one) => named.includes(one));
  }

  wholeNumber(option: Option, least: number, most: number): number | undefined {
    const text = this.texts(option).at(-1);
    if (text === undefined) return undefined;
    const number = /^\d+$/.test(text) ? Number(text) : NaN;
    if (number >= least && number <= most) return number;
    this.refuse(`--${option}: a whole number from ${least} to ${most}, not '${text}'`);
    return undefined;
  }

  refuse(problem: string): void {
    this.problems.push(problem);
  }

  private known<T extends string>(option: Option, text: string, known: readonly T[]): T | undefined {
    const found = known.find((one) => one === text);
    if (found === undefined) this.refuse(`--${option}: ${known.join(', ')}, not '${text}'`);
    return found;
  }
}
