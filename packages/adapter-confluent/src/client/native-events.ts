/** One line of librdkafka's log. */
export interface NativeLog {
  /** As syslog's: 0 is the worst, 7 is for debugging. */
  readonly severity: number;
  /** The facility, such as `FAIL`. */
  readonly fac: string;
  readonly message: string;
}

/** Reads an event `event.log`; `undefined` when it is none. */
export function logOf(event: unknown): NativeLog | undefined {
  if (typeof event !== 'object' || event === null) return undefined;
  const severity: unknown = Reflect.get(event, 'severity');
  return {
    severity: typeof severity === 'number' ? severity : 7,
    fac: String(Reflect.get(event, 'fac')),
    message: String(Reflect.get(event, 'message')),
  };
}

/** Returns the ms of an event `event.throttle`; 0 when the throttling has ended. */
export function throttleMsOf(event: unknown): number {
  const ms: unknown = typeof event === 'object' && event !== null ? Reflect.get(event, 'throttleTime') : 0;
  return typeof ms === 'number' && ms > 0 ? ms : 0;
}
