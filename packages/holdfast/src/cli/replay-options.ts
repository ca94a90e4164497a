import type { OptionSpecs } from './arguments/command.js';
import type { Given } from './arguments/parsed-arguments.js';
import type { Context } from './context.js';
import { ProgressLine } from './terminal/progress-line.js';
import { figure } from './terminal/format.js';

/** What both replays take. */
export interface SendingChoices {
  /** Undefined with `dryRun` alone. */
  readonly producer: string | undefined;
  readonly dryRun: boolean;
  readonly filter: string | undefined;
  readonly rate: number | undefined;
  readonly maxInFlight: number | undefined;
  readonly stopAfterMs: number | undefined;
  readonly json: boolean;
}

export const sendingOptions: OptionSpecs = {
  producer: {
    type: 'string',
    value: '<module>',
    help: 'an ES module whose default export is a producer, a promise of one, or a function that makes one',
  },
  'dry-run': { type: 'boolean', help: 'counts what would be sent; sends and writes nothing' },
  filter: {
    type: 'string',
    value: '<module>',
    help: 'an ES module whose default export answers with true for what is to be sent; all unless given',
  },
  rate: { type: 'string', value: '<n>', help: 'records per second at most; no limit unless given' },
  'max-in-flight': {
    type: 'string',
    value: '<n>',
    help: 'records sent and not answered at most; 1,000 unless given',
  },
  'stop-after-ms': {
    type: 'string',
    value: '<n>',
    help: 'ends when nothing was delivered for so long; 60,000 unless given',
  },
  json: { type: 'boolean', help: 'the result as one JSON object' },
};

/** `always`: the module is needed for a dry run, too. */
export function sendingChoices(given: Given, always = false): SendingChoices {
  const choices = {
    producer: given.text('producer'),
    dryRun: given.flag('dry-run'),
    filter: given.text('filter'),
    rate: given.rate('rate'),
    maxInFlight: given.wholeNumber('max-in-flight', 1, 10_000_000),
    stopAfterMs: given.wholeNumber('stop-after-ms', 1, Number.MAX_SAFE_INTEGER),
    json: given.flag('json'),
  };
  if (choices.producer === undefined && (always || !choices.dryRun))
    given.refuse(
      `--producer <module> is missing: it says where the records go${always ? '' : ' (or --dry-run)'}`,
    );
  return choices;
}

/** For the options of a library, which tells "not given" from `undefined`. */
export const limits = ({ rate, maxInFlight, stopAfterMs }: SendingChoices) => ({
  ...(rate !== undefined && { rate }),
  ...(maxInFlight !== undefined && { maxInFlight }),
  ...(stopAfterMs !== undefined && { stopAfterMs }),
});

/** Of a dry run: nothing is sent to it. */
export const nobody = { send: (): Promise<never> => Promise.reject(new Error('a dry run sends nothing')) };

export interface ReplayWords<Progress> {
  readonly dryRun: boolean;
  readonly progressText: (now: Progress) => string;
  /** What an interrupted replay leaves behind. */
  readonly rest: string;
}

/** Runs a replay with its progress on stderr. One that is interrupted says how far it came. */
export async function withProgress<Progress, Report>(
  { stderr, clock, signal, say }: Context,
  { dryRun, progressText, rest }: ReplayWords<Progress>,
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
      say(`${text()}; ${rest}`);
    }
    throw error;
  } finally {
    line.end();
  }
}

/** Of a replay that ended before its end. */
export const stoppedText = (where: string): string =>
  `It stopped at ${where}: nothing was delivered for too long (--stop-after-ms). Run it again to go on from there.\n`;

export const heldText = (heldBack: number): string =>
  heldBack === 0 ? '' : `, ${figure(heldBack)} held back behind them`;
