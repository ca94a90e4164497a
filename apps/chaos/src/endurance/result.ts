import type { Sample } from './messages.js';
import type { SenderRun } from './sender-process.js';

export interface EnduranceResult {
  readonly client: string;
  readonly seconds: number;
  readonly maxBytes: number;
  /** The most that the files took at any time. */
  readonly mostDiskBytes: number;
  readonly mostBacklogRecords: number;
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  readonly undeliverable: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly outOfOrder: number;
  readonly foreign: number;
  /** Medians while records came in. */
  readonly memory: { readonly first: Memory; readonly last: Memory };
  readonly mostRssBytes: number;
  /** A description of each broken promise. */
  readonly problems: readonly string[];
}

/** The median over one third of the time. */
export interface Memory {
  readonly rssBytes: number;
  readonly heapBytes: number;
}

export interface Observed {
  readonly client: string;
  readonly seconds: number;
  readonly maxBytes: number;
  readonly run: SenderRun;
  readonly mostDiskBytes: number;
  readonly check: {
    readonly lost: number;
    readonly duplicated: number;
    readonly outOfOrder: number;
    readonly foreign: number;
  };
}

/** Until then the code is being compiled, and the in-flight window fills up. */
const warmUpMs = 5_000;
/** Memory counts as flat when the last third uses at most this much more than the first. */
const growth = { ratio: 1.2, bytes: 24 * 1024 * 1024 };
/** The limit counts as reached when less than a segment was left. */
const reached = 0.9;

export function enduranceResult({ run, check, ...given }: Observed): EnduranceResult {
  const { samples, sending, ended } = run;
  const during = samples.slice(0, sending).filter(({ atMs }) => atMs > warmUpMs);
  const third = Math.floor(during.length / 3);
  const { lost, duplicated, outOfOrder, foreign } = check;
  const result = {
    ...given,
    ...ended,
    ...{ lost, duplicated, outOfOrder, foreign },
    mostBacklogRecords: Math.max(...samples.map(({ backlogRecords }) => backlogRecords)),
    memory: { first: memoryOf(during.slice(0, third)), last: memoryOf(during.slice(-third)) },
    mostRssBytes: Math.max(...samples.map(({ rssBytes }) => rssBytes)),
  };
  return { ...result, problems: problemsOf(result) };
}

function problemsOf(result: Omit<EnduranceResult, 'problems'>): string[] {
  const { memory, maxBytes, mostDiskBytes } = result;
  const grew = (what: keyof Memory): boolean =>
    memory.last[what] > memory.first[what] * growth.ratio + growth.bytes;
  const checks: readonly (readonly [isWrong: boolean, words: string])[] = [
    [result.lost > 0, `${result.lost} records are lost`],
    [result.foreign > 0, `${result.foreign} records in the topic were never sent`],
    [result.outOfOrder > 0, `${result.outOfOrder} records are out of order`],
    [result.refused > 0, `${result.refused} records were refused, and should have waited`],
    [result.undeliverable > 0, `${result.undeliverable} records were given up`],
    [grew('rssBytes'), `the memory grew from ${memory.first.rssBytes} to ${memory.last.rssBytes} bytes`],
    [grew('heapBytes'), `the heap grew from ${memory.first.heapBytes} to ${memory.last.heapBytes} bytes`],
    [mostDiskBytes > maxBytes, `the files took ${mostDiskBytes} bytes, and the limit is ${maxBytes}`],
    [
      mostDiskBytes < reached * maxBytes,
      `the limit of ${maxBytes} bytes was never reached: ${mostDiskBytes}`,
    ],
  ];
  return checks.filter(([isWrong]) => isWrong).map(([, words]) => words);
}

function memoryOf(samples: readonly Sample[]): Memory {
  return {
    rssBytes: median(samples.map(({ rssBytes }) => rssBytes)),
    heapBytes: median(samples.map(({ heapBytes }) => heapBytes)),
  };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? NaN;
}
