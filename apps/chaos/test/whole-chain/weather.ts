/** The probability that brokers do this to a request, or to one partition's part of it. */
export interface Weather {
  /** Of a part: refused for now, written or not. */
  readonly refused: number;
  /** The connection breaks, and nothing is written. */
  readonly lost: number;
  /** Everything is written, and the connection breaks. */
  readonly answerLost: number;
  /** Everything is written, and the answer takes long: see `lateMs`. */
  readonly late: number;
  readonly lateMs: number;
  /** Of a part: nobody may write to the topic. */
  readonly forbidden: number;
}

const calm: Weather = { refused: 0, lost: 0, answerLost: 0, late: 0, lateMs: 0, forbidden: 0 };

export const weathers = {
  calm,
  /** Leaders move and replicas lag. */
  refusing: { ...calm, refused: 0.4 },
  /** Connections break. */
  breaking: { ...calm, lost: 0.2, answerLost: 0.2 },
  /** Brokers are slow; some answers come after the request has timed out. */
  slow: { ...calm, late: 0.5, lateMs: 4_000 },
  asleep: { ...calm, late: 0.4, lateMs: 90_000 },
  /** All of it. */
  rough: { refused: 0.15, lost: 0.08, answerLost: 0.08, late: 0.15, lateMs: 8_000, forbidden: 0.03 },
} as const satisfies { readonly [name: string]: Weather };

export type WeatherName = keyof typeof weathers;

/**
 * A response to one partition's part of a request, and whether the part is written all the same.
 */
export interface Refusal {
  readonly code: number;
  readonly written: boolean;
}

/** Protocol codes after which a producer retries; those of ADR 4 may follow an append. */
export const refusals: readonly Refusal[] = [
  { code: 19, written: false }, // NOT_ENOUGH_REPLICAS
  { code: 20, written: true }, // NOT_ENOUGH_REPLICAS_AFTER_APPEND
  { code: 7, written: true }, // REQUEST_TIMED_OUT
  { code: 7, written: false },
  { code: 6, written: true }, // NOT_LEADER_OR_FOLLOWER, of a broker that has just stepped down
  { code: 6, written: false },
  { code: 5, written: false }, // LEADER_NOT_AVAILABLE
  { code: 56, written: false }, // KAFKA_STORAGE_ERROR
];
