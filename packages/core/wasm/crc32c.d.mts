/** The text of src/format/crc32c-wasm.ts. */
export function source(): Promise<string>;
