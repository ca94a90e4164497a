/** The text of src/codec/crc32c-wasm.ts. */
export function source(): Promise<string>;
