import { isUtf8 } from 'node:buffer';
import { isUint8Array } from 'node:util/types';
import type { HeaderValue } from '../contract/record.js';

/** Bytes as plain data: text if they are UTF-8, else base64. */
export type TextOrBase64 = string | { readonly base64: string };

export function textOrBase64(bytes: string | Uint8Array): TextOrBase64 {
  if (typeof bytes === 'string') return bytes;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return isUtf8(buffer) ? buffer.toString() : { base64: buffer.toString('base64') };
}

/** Headers as plain data. An array is a repeated header. */
export interface PlainHeaders {
  readonly [name: string]: TextOrBase64 | readonly TextOrBase64[];
}

// fromEntries defines properties, so a header named __proto__ is like any other.
export const plainHeaders = (headers: { readonly [name: string]: HeaderValue }): PlainHeaders =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, textOrList(value)]));

const textOrList = (value: HeaderValue): TextOrBase64 | readonly TextOrBase64[] =>
  typeof value === 'string' || isUint8Array(value) ? textOrBase64(value) : value.map(textOrBase64);
