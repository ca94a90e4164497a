import type { Headers, HeaderValue } from '@holdfast/core';
import { isReadableBytes, type SerializedRecord } from '@holdfast/core/stage';
import {
  propagation,
  ROOT_CONTEXT,
  trace,
  TraceFlags,
  type Context,
  type SpanContext,
  type TextMapGetter,
  type TextMapSetter,
} from '@opentelemetry/api';

const traceparent = 'traceparent';
/** What goes along with a context and is none: https://www.w3.org/TR/baggage/, https://www.w3.org/TR/trace-context/#tracestate-header */
const besides: readonly string[] = ['baggage', 'tracestate'];
/** The second hex digit of the flags, https://www.w3.org/TR/trace-context/#traceparent-header */
const flagsAt = 54;

const setter: TextMapSetter<Headers> = {
  set: (headers, name, value) => void (headers[name] = value),
};

const getter: TextMapGetter<Headers> = {
  keys: (headers) => Object.keys(headers),
  get: (headers, name) => textOf(ownValue(headers, name)),
};

/** The headers that carry `context`, by the propagator that the user has registered; `undefined`: there is nothing to carry. */
export function headersOf(context: Context): Readonly<Headers> | undefined {
  const headers: Headers = {};
  propagation.inject(context, headers, setter);
  return Object.keys(headers).length === 0 ? undefined : headers;
}

/** Gives the record headers of its own with `carried` among them; the record's own values win. */
export function addHeaders(record: SerializedRecord, carried: Readonly<Headers>): void {
  record.headers = record.hasHeaders ? { ...carried, ...record.headers } : { ...carried };
}

/** One of the headers in which the propagator writes a context. */
export function carriesContext(headers: Headers): boolean {
  if (Object.hasOwn(headers, traceparent)) return true;
  return propagation.fields().some((field) => !besides.includes(field) && Object.hasOwn(headers, field));
}

/** Cheap, for every record that is settled: false means that its trace is not sampled, or that it has none. */
export function maySampled(headers: Headers): boolean {
  const parent = ownValue(headers, traceparent);
  return parent === undefined ? carriesContext(headers) : isSampled(parent);
}

/** The context in the headers, if its trace is sampled. */
export function sampledContext(headers: Headers): SpanContext | undefined {
  const found = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, headers, getter));
  if (found === undefined || !trace.isSpanContextValid(found)) return undefined;
  return (found.traceFlags & TraceFlags.SAMPLED) === 0 ? undefined : found;
}

const ownValue = (headers: Headers, name: string): HeaderValue | undefined =>
  Object.hasOwn(headers, name) ? headers[name] : undefined;

const firstOf = (value: HeaderValue | undefined): string | Uint8Array | undefined =>
  typeof value === 'string' || isReadableBytes(value) ? value : value?.[0];

function textOf(value: HeaderValue | undefined): string | undefined {
  const one = firstOf(value);
  return isReadableBytes(one) ? Buffer.from(one).toString() : one;
}

function isSampled(value: HeaderValue): boolean {
  const one = firstOf(value);
  const code = (typeof one === 'string' ? one.charCodeAt(flagsAt) : one?.[flagsAt]) ?? NaN;
  // '1' and 'b' are odd as digits; as characters, one is odd and the other even.
  return ((code <= '9'.charCodeAt(0) ? code : code + 1) & 1) === 1;
}
