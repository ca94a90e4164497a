import { UsageError } from '../errors.js';

export type OptionValues = {
  readonly [option: string]: string | boolean | readonly (string | boolean)[] | undefined;
};

/** Reads the arguments of a command, and collects what is wrong with them. */
export class ParsedArguments {
  private readonly problems: string[] = [];

  constructor(
    private readonly values: OptionValues,
    private readonly operands: readonly string[],
  ) {}

  flag(option: string): boolean {
    return this.values[option] === true;
  }

  text(option: string): string | undefined {
    const value = this.values[option];
    if (typeof value !== 'string') return undefined;
    if (value !== '') return value;
    this.refuse(`--${option} is empty`);
    return undefined;
  }

  texts(option: string): readonly string[] {
    const values = this.values[option];
    return Array.isArray(values) ? values.map(String) : [];
  }

  oneOf<T extends string>(option: string, known: readonly T[]): T | undefined {
    const value = this.text(option);
    const found = known.find((one) => one === value);
    if (value !== undefined && found === undefined)
      this.refuse(`--${option}: ${known.join(' or ')}, not '${value}'`);
    return found;
  }

  /** Above 0. May have a fraction. */
  rate(option: string): number | undefined {
    return this.number(option, 'a number above 0', /^\d*\.?\d+$/, (value) => value > 0);
  }

  wholeNumber(option: string, min: number, max: number): number | undefined {
    const expected = `a whole number from ${min} to ${max.toLocaleString('en-US')}`;
    return this.number(option, expected, /^\d+$/, (value) => value >= min && value <= max);
  }

  /** Returns the only operand; `undefined` when there is none. */
  operand(): string | undefined {
    const [first, ...more] = this.operands;
    if (more.length > 0) this.refuse(`too many arguments: ${more.map((one) => `'${one}'`).join(', ')}`);
    if (first === '') this.refuse('the path is empty');
    return first === '' ? undefined : first;
  }

  /** Returns the only operand, and refuses when there is none. `what` describes it. */
  requiredOperand(what: string): string {
    const operand = this.operand();
    if (operand === undefined && this.operands.length === 0) this.refuse(`${what} is missing`);
    return operand ?? '';
  }

  refuse(problem: string): void {
    this.problems.push(problem);
  }

  /** Throws one {@link UsageError} with everything that was refused. */
  check(): void {
    if (this.problems.length > 0) throw new UsageError(this.problems);
  }

  private number(
    option: string,
    expected: string,
    form: RegExp,
    fits: (value: number) => boolean,
  ): number | undefined {
    const value = this.values[option];
    if (typeof value !== 'string') return undefined;
    if (form.test(value) && fits(Number(value))) return Number(value);
    this.refuse(`--${option}: ${expected}, not '${value}'`);
    return undefined;
  }
}
