import { UsageError } from './usage-error.js';

export type Values = {
  readonly [option: string]: string | boolean | readonly (string | boolean)[] | undefined;
};

/** What stood on the command line; collects what is wrong with it. */
export class Given {
  private readonly problems: string[] = [];

  constructor(
    private readonly values: Values,
    private readonly operands: readonly string[],
  ) {}

  flag(option: string): boolean {
    return this.values[option] === true;
  }

  text(option: string): string | undefined {
    const given = this.values[option];
    if (typeof given !== 'string') return undefined;
    if (given !== '') return given;
    this.refuse(`--${option} is empty`);
    return undefined;
  }

  texts(option: string): readonly string[] {
    const given = this.values[option];
    return Array.isArray(given) ? given.map(String) : [];
  }

  oneOf<T extends string>(option: string, known: readonly T[]): T | undefined {
    const given = this.text(option);
    const found = known.find((one) => one === given);
    if (given !== undefined && found === undefined)
      this.refuse(`--${option}: ${known.join(' or ')}, not '${given}'`);
    return found;
  }

  /** Above 0, fractions allowed. */
  rate(option: string): number | undefined {
    return this.number(option, 'a number above 0', /^\d*\.?\d+$/, (value) => value > 0);
  }

  wholeNumber(option: string, least: number, most: number): number | undefined {
    const wanted = `a whole number from ${least} to ${most.toLocaleString('en-US')}`;
    return this.number(option, wanted, /^\d+$/, (value) => value >= least && value <= most);
  }

  /** The one operand there may be; `undefined` when there is none. */
  operand(): string | undefined {
    const [first, ...more] = this.operands;
    if (more.length > 0) this.refuse(`too much: ${more.map((one) => `'${one}'`).join(', ')}`);
    if (first === '') this.refuse('an empty path');
    return first === '' ? undefined : first;
  }

  /** The one operand there must be; `what`: a directory, say. */
  needed(what: string): string {
    const operand = this.operand();
    if (operand === undefined && this.operands.length === 0) this.refuse(`${what} is missing`);
    return operand ?? '';
  }

  refuse(problem: string): void {
    this.problems.push(problem);
  }

  /** Throws one {@link UsageError} when anything was refused. */
  check(): void {
    if (this.problems.length > 0) throw new UsageError(this.problems);
  }

  private number(
    option: string,
    wanted: string,
    form: RegExp,
    fits: (value: number) => boolean,
  ): number | undefined {
    const given = this.values[option];
    if (typeof given !== 'string') return undefined;
    if (form.test(given) && fits(Number(given))) return Number(given);
    this.refuse(`--${option}: ${wanted}, not '${given}'`);
    return undefined;
  }
}
