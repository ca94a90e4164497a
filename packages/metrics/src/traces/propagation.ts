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
/**
 * Headers that accompany a context but do not identify one: https://www.w3.org/TR/baggage/,
 * https://www.w3.org/TR/trace-context/#tracestate-header
 */
const accompanying: readonly string[] = ['baggage', 'tracestate'];
/**
 * The position of the second hex digit of the flags:
 * https://www.w3.org/TR/trace-context/#traceparent-header
 */
const flagsAt = 54;

const setter: TextMapSetter<Headers> = {
  set: (headers, name, value) => void (headers[name] = value),
};

const getter: TextMapGetter<Headers> = {
  keys: (headers) => Object.keys(headers),
  get: (headers, name) => textOf(ownValue(headers, name)),
};

/**
 * Returns the headers that carry `context`, as written by the propagator that the user registered;
 * `undefined` when there is nothing to carry.
 */
export function headersOf(context: Context): Readonly<Headers> | undefined {
  const headers: Headers = {};
  propagation.inject(context, headers, setter);
  return Object.keys(headers).length === 0 ? undefined : headers;
}

/** Gives the record a copy of its headers with `carried` added. The record's own values win. */
export function addHeaders(record: SerializedRecord, carried: Readonly<Headers>): void {
  record.headers = record.hasHeaders ? { ...carried, ...record.headers } : { ...carried };
}

/** Returns whether one of the headers is one that the propagator writes a context to. */
export function carriesContext(headers: Headers): boolean {
  if (Object.hasOwn(headers, traceparent)) return true;
  return propagation.fields().some((field) => !accompanying.includes(field) && Object.hasOwn(headers, field));
}

/**
 * Returns false when the trace of a record is certainly not sampled, or it has none. Cheap enough
 * to call per settled record.
 */
export function mayBeSampled(headers: Headers): boolean {
  const parent = ownValue(headers, traceparent);
  return parent === undefined ? carriesContext(headers) : isSampled(parent);
}

/** Returns the context in the headers if its trace is sampled. */
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
  // As digits, '1' and 'b' are both odd. As character codes, one is odd and the other is even.
  return ((code <= '9'.charCodeAt(0) ? code : code + 1) & 1) === 1;
}
