import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { source } from '../../wasm/crc32c.mjs';
import { crc32c } from './crc32c.js';

function bitByBit(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe('crc32c', () => {
  // RFC 3720, B.4, and the check value of the catalogue (https://reveng.sourceforge.io/crc-catalogue/all.htm).
  it.each([
    [Buffer.alloc(32), 0x8a9136aa],
    [Buffer.alloc(32, 0xff), 0x62a8ab43],
    [Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
    [Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c],
    [Buffer.from('123456789'), 0xe3069283],
  ])('has the published values (%#)', (bytes, crc) => {
    expect(crc32c(bytes)).toBe(crc);
  });

  it('is right at every length and start around a block and a chunk', () => {
    const bytes = Buffer.from(Array.from({ length: 16 * 1024 + 200 }, (_, i) => (i * 31 + (i >> 3)) & 255));
    for (let length = 0; length < 130; length++) {
      expect(crc32c(bytes, 3, 3 + length)).toBe(bitByBit(bytes.subarray(3, 3 + length)));
    }
    for (let length = 16 * 1024 - 2; length < 16 * 1024 + 70; length++) {
      expect(crc32c(bytes, 0, length)).toBe(bitByBit(bytes.subarray(0, length)));
    }
  });

  it('runs the module that its source makes', async () => {
    expect(await readFile(new URL('crc32c-wasm.ts', import.meta.url), 'utf8')).toBe(await source());
  });
});
