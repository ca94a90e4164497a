/** An error that stands behind another one, as text. */
export interface CauseJson {
  readonly name: string;
  readonly code?: string | number;
  /** Not there where code of the user's threw that had the record in its hands: its words may quote the record. */
  readonly message?: string;
  readonly cause?: CauseJson;
}

/** What `JSON.stringify` makes of a `ProducerError`. */
export interface ProducerErrorJson {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly retriable: boolean;
  readonly maybeWritten: boolean;
  /** The broker's own answer, when there was one. */
  readonly kafka?: { readonly code: number; readonly name: string };
  readonly retryAfter?: number;
  readonly stage?: string;
  readonly field?: string;
  readonly problems?: readonly string[];
  readonly cause?: CauseJson;
}

type ErrorFields = Omit<ProducerErrorJson, 'cause'> & { readonly cause?: unknown };

/** Their causes were thrown by a serializer, a getter of the record, a partitioner or a stage. */
const ofUserCode: readonly unknown[] = [
  'INVALID_RECORD',
  'SERIALIZER_FAILED',
  'STAGE_FAILED',
  'UNKNOWN_PARTITION',
];

/** An error may be its own cause. */
const mostCauses = 5;

export function jsonOf(error: ErrorFields): ProducerErrorJson {
  const { name, code, message, retriable, maybeWritten, retryAfter, kafka, stage, field, problems } = error;
  return {
    ...{ name, code, message, retriable, maybeWritten },
    ...(kafka !== undefined && { kafka }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(stage !== undefined && { stage }),
    ...(field !== undefined && { field }),
    ...(problems !== undefined && { problems }),
    ...causeOf(error, mostCauses),
  };
}

function causeOf(error: unknown, most: number): { readonly cause?: CauseJson } {
  const cause = read(error, 'cause');
  if (cause === undefined || cause === null || most === 0) return {};
  const name = read(cause, 'name');
  const code = read(cause, 'code');
  const message = read(cause, 'message');
  const mayQuote = ofUserCode.includes(read(error, 'code'));
  return {
    cause: {
      name: typeof name === 'string' ? name : typeof cause,
      ...((typeof code === 'string' || typeof code === 'number') && { code }),
      ...(typeof message === 'string' && !mayQuote && { message }),
      ...(!mayQuote && causeOf(cause, most - 1)),
    },
  };
}

/** Whatever was thrown: a getter of it may throw, too. */
function read(from: unknown, name: string): unknown {
  try {
    return Reflect.get(Object(from), name);
  } catch {
    return undefined;
  }
}
