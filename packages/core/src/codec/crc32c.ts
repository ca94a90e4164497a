import { blockBytes, moduleBase64, scratchEnd, tablesBytes } from './crc32c-wasm.js';

// Just enough of WebAssembly's types: Node's have none, and those of the browser would bring all of the browser.
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
/** What is not in the module's memory is copied there, so much at a time. */
const chunkBytes = 64 * 1024;
const wasmPageBytes = 64 * 1024;
/** A frame of a journal, or a request to Kafka, of a megabyte, and what comes beside its records. */
export const crcPageBytes = 1024 * 1024 + 80 * 1024;

/** Pages that need not be copied to be summed up; memory that nobody touches takes none. */
const arenaPages = 32;
const arenaStart = scratchEnd + chunkBytes;
const arenaBytes = arenaPages * crcPageBytes;

/** The module in its memory. */
interface Machine {
  readonly buffer: ArrayBuffer;
  readonly update: Update;
  /** Where bytes from elsewhere are copied to. */
  readonly chunk: Uint8Array;
  readonly freePages: Buffer[];
}

let made: Machine | undefined;

/** Made on first use: who sums up nothing needs no WebAssembly. */
const machine = (): Machine => (made ??= makeMachine());

/** CRC-32C of `bytes` from `start` to `end`. In JavaScript it takes four times as long. */
export const crc32c = (bytes: Uint8Array, start = 0, end = bytes.length): number =>
  finalCrc(updateCrc(initialCrc, bytes, start, end));

/** A sum that has seen no bytes yet. */
export const initialCrc = -1;

/** The sum with `bytes` from `start` to `end` behind those that it has seen. */
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

/** A page of {@link crcPageBytes} that is summed up where it is; `undefined` when all are in use. */
export const takeCrcPage = (): Buffer | undefined => machine().freePages.pop();

/** At least so many bytes to be summed up: a page, where they fit and one is free, else memory of their own. */
export const takeCrcMemory = (bytes: number): Buffer =>
  (bytes <= crcPageBytes ? takeCrcPage() : undefined) ?? Buffer.allocUnsafeSlow(bytes);

/** Gives back a page that was taken; other memory is left to the collector. */
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
  if (update === undefined) throw new Error('the CRC module has no function: it was built wrong');
  fillTables(new Uint32Array(buffer, 0, tablesBytes / 4));
  const freePages = Array.from({ length: arenaPages }, (_, i) =>
    Buffer.from(buffer, arenaStart + i * crcPageBytes, crcPageBytes),
  );
  return { buffer, update, chunk: new Uint8Array(buffer, scratchEnd, chunkBytes), freePages };
}

/** For each byte of a word: what it leaves in the register after the rest of the block, and after the rest of the word. */
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
