import { blockBytes, moduleBase64, scratchEnd, tablesBytes } from './crc32c-wasm.js';

// The few types of WebAssembly that are used: Node's types have none, and the DOM library would add
// all of the browser's.
interface WasmMemory {
  readonly buffer: ArrayBuffer;
}
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: { readonly update?: Update } };
};

type Update = (at: number, bytes: number, crc: number) => number;

/** Castagnoli's polynomial, reflected. https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4 */
const polynomial = 0x82f63b78;
/** Bytes outside the module's memory are copied into it in pieces of this size. */
const chunkBytes = 64 * 1024;
const wasmPageBytes = 64 * 1024;
/** A megabyte of records, in a journal's frame or a request to Kafka, with their framing. */
export const crcPageBytes = 1024 * 1024 + 80 * 1024;

/** Pages whose checksum needs no copy. Pages that are never touched take no memory. */
const arenaPages = 32;
const arenaStart = scratchEnd + chunkBytes;
const arenaBytes = arenaPages * crcPageBytes;

/** The module and its memory. */
interface Machine {
  readonly buffer: ArrayBuffer;
  readonly update: Update;
  /** Bytes from outside are copied here. */
  readonly chunk: Uint8Array;
  readonly freePages: Buffer[];
}

let made: Machine | undefined;

/** Created on first use: without checksums, no WebAssembly is needed. */
const machine = (): Machine => (made ??= makeMachine());

/**
 * Returns the CRC-32C of `bytes` from `start` to `end`. Pure JavaScript takes four times as long.
 */
export const crc32c = (bytes: Uint8Array, start = 0, end = bytes.length): number =>
  finalCrc(updateCrc(initialCrc, bytes, start, end));

/** The checksum of no bytes. */
export const initialCrc = -1;

/** Returns the checksum extended by `bytes` from `start` to `end`. */
export function updateCrc(sum: number, bytes: Uint8Array, start: number, end: number): number {
  const { buffer, update, chunk } = machine();
  if (bytes.buffer === buffer) return update(bytes.byteOffset + start, end - start, sum);
  let crc = sum;
  for (let at = start; at < end; at += chunkBytes) {
    const next = Math.min(end, at + chunkBytes);
    chunk.set(bytes.subarray(at, next));
    crc = update(scratchEnd, next - at, crc);
  }
  return crc;
}

/**
 * Returns a page of {@link crcPageBytes} whose checksum needs no copy; `undefined` if all are in
 * use.
 */
export const takeCrcPage = (): Buffer | undefined => machine().freePages.pop();

/** Returns at least so many bytes: a page, if they fit and one is free, else other memory. */
export const takeCrcMemory = (bytes: number): Buffer =>
  (bytes <= crcPageBytes ? takeCrcPage() : undefined) ?? Buffer.allocUnsafeSlow(bytes);

/** Returns a page to the pool. Other memory is left to the garbage collector. */
export function giveCrcPage(page: Buffer): void {
  const { buffer, freePages } = machine();
  if (page.buffer === buffer) freePages.push(page);
}

export const finalCrc = (sum: number): number => ~sum >>> 0;

function makeMachine(): Machine {
  const memory = new WebAssembly.Memory({ initial: Math.ceil((arenaStart + arenaBytes) / wasmPageBytes) });
  const { buffer } = memory;
  const module = new WebAssembly.Module(Buffer.from(moduleBase64, 'base64'));
  const { update } = new WebAssembly.Instance(module, { core: { memory } }).exports;
  if (update === undefined) throw new Error('the CRC module exports no function: build it again');
  fillTables(new Uint32Array(buffer, 0, tablesBytes / 4));
  const freePages = Array.from({ length: arenaPages }, (_, i) =>
    Buffer.from(buffer, arenaStart + i * crcPageBytes, crcPageBytes),
  );
  return { buffer, update, chunk: new Uint8Array(buffer, scratchEnd, chunkBytes), freePages };
}

/**
 * For each byte of a word: its effect on the register after the rest of the block, and after the
 * rest of the word.
 */
function fillTables(tables: Uint32Array): void {
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    tables[wordTable(7) + byte] = crc;
  }
  for (let byte = 0; byte < 256; byte++) {
    let crc = tables[wordTable(7) + byte] ?? 0;
    for (let left = 0; left < blockBytes; left++) {
      if (left < 8) tables[wordTable(7 - left) + byte] = crc;
      if (blockBytes - 1 - left < 8) tables[256 * (blockBytes - 1 - left) + byte] = crc;
      crc = (crc >>> 8) ^ (tables[wordTable(7) + (crc & 255)] ?? 0);
    }
  }
}

function wordTable(position: number): number {
  return 256 * (8 + position);
}
