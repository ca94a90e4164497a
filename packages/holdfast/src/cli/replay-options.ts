import type { OptionSpecs } from './arguments/command.js';
import type { ParsedArguments } from './arguments/parsed-arguments.js';
import type { Context } from './context.js';
import { ProgressLine } from './terminal/progress-line.js';
import { figure } from './terminal/format.js';

/** The options of both replays. */
export interface ReplayChoices {
  /** Undefined only with `dryRun`. */
  readonly producer: string | undefined;
  readonly dryRun: boolean;
  readonly filter: string | undefined;
  readonly rate: number | undefined;
  readonly maxInFlight: number | undefined;
  readonly stopAfterMs: number | undefined;
  readonly json: boolean;
}

export const replayOptionSpecs: OptionSpecs = {
  producer: {
    type: 'string',
    value: '<module>',
    help: 'an ES module whose default export is a producer, a promise of one, or a function that creates one',
  },
  'dry-run': { type: 'boolean', help: 'counts what would be sent; sends and writes nothing' },
  filter: {
    type: 'string',
    value: '<module>',
    help: 'an ES module whose default export returns true for what is to be sent; default: all',
  },
  rate: { type: 'string', value: '<n>', help: 'maximum number of records per second; default: no limit' },
  'max-in-flight': {
    type: 'string',
    value: '<n>',
    help: 'maximum number of records in flight; default: 1,000',
  },
  'stop-after-ms': {
    type: 'string',
    value: '<n>',
    help: 'stops when nothing is delivered for this long; default: 60,000',
  },
  json: { type: 'boolean', help: 'prints the result as one JSON object' },
};

/** `always`: the module is required for a dry run, too. */
export function replayChoices(args: ParsedArguments, always = false): ReplayChoices {
  const choices = {
    producer: args.text('producer'),
    dryRun: args.flag('dry-run'),
    filter: args.text('filter'),
    rate: args.rate('rate'),
    maxInFlight: args.wholeNumber('max-in-flight', 1, 10_000_000),
    stopAfterMs: args.wholeNumber('stop-after-ms', 1, Number.MAX_SAFE_INTEGER),
    json: args.flag('json'),
  };
  if (choices.producer === undefined && (always || !choices.dryRun))
    args.refuse(
      `--producer <module> is missing: it determines where the records go${always ? '' : ' (or --dry-run)'}`,
    );
  return choices;
}

/** Returns only the options that were given: the libraries do not accept `undefined`. */
export const replayLimits = ({ rate, maxInFlight, stopAfterMs }: ReplayChoices) => ({
  ...(rate !== undefined && { rate }),
  ...(maxInFlight !== undefined && { maxInFlight }),
  ...(stopAfterMs !== undefined && { stopAfterMs }),
});

/** The target of a dry run. Nothing is sent to it. */
export const dryRunTarget = {
  send: (): Promise<never> => Promise.reject(new Error('a dry run sends nothing')),
};

export interface ReplayTexts<Progress> {
  readonly dryRun: boolean;
  readonly progressText: (now: Progress) => string;
  /** What is left to do after an interrupted replay. */
  readonly rest: string;
}

/** Runs a replay with its progress on stderr. If it is interrupted, logs how far it came. */
export async function withProgress<Progress, Report>(
  { stderr, clock, signal, log }: Context,
  { dryRun, progressText, rest }: ReplayTexts<Progress>,
  replay: (onProgress: (now: Progress) => void) => Promise<Report>,
): Promise<Report> {
  let now: Progress | undefined;
  const text = (): string => (now === undefined ? 'nothing was sent yet' : progressText(now));
  const line = new ProgressLine(stderr, clock, text);
  try {
    return await replay((one) => (now = one));
  } catch (error) {
    if (error === signal.reason && !dryRun) {
      line.end();
      log(`${text()}; ${rest}`);
    }
    throw error;
  } finally {
    line.end();
  }
}

/** Returns the text for a replay that stopped early. */
export const stoppedText = (where: string): string =>
  `Stopped at ${where}: nothing was delivered for too long (--stop-after-ms). Run it again to continue from there.\n`;

export const heldBackText = (heldBack: number): string =>
  heldBack === 0 ? '' : `, ${figure(heldBack)} held back behind them`;
