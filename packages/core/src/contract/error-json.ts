/** The cause of an error, as plain data. */
export interface CauseJson {
  readonly name: string;
  readonly code?: string | number;
  /**
   * Absent where the user's code threw while it had the record: the message may quote the record.
   */
  readonly message?: string;
  readonly cause?: CauseJson;
}

/** The JSON form of a `ProducerError`. */
export interface ProducerErrorJson {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly retriable: boolean;
  readonly maybeWritten: boolean;
  /** The broker's error code, when a broker reported one. */
  readonly kafka?: { readonly code: number; readonly name: string };
  readonly retryAfter?: number;
  readonly stage?: string;
  readonly field?: string;
  readonly problems?: readonly string[];
  readonly cause?: CauseJson;
}

type ErrorFields = Omit<ProducerErrorJson, 'cause'> & { readonly cause?: unknown };

/** Codes whose causes come from a serializer, a getter of the record, a partitioner or a stage. */
const ofUserCode: readonly unknown[] = [
  'INVALID_RECORD',
  'SERIALIZER_FAILED',
  'STAGE_FAILED',
  'UNKNOWN_PARTITION',
];

/** Limits the depth, because an error may be its own cause. */
const mostCauses = 5;

/** Returns an error's JSON form, without stacks, with at most five nested causes. */
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

/** Reads a property of any thrown value; a getter that throws counts as absent. */
function read(from: unknown, name: string): unknown {
  try {
    return Reflect.get(Object(from), name);
  } catch {
    return undefined;
  }
}
