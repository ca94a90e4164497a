import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { source } from '../../wasm/crc32c.mjs';
import { crc32c, finalCrc, giveCrcPage, takeCrcPage, initialCrc, updateCrc } from './crc32c.js';

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

  it.each([
    ['a block', 0, 130],
    ['what is folded', 5_010, 5_200],
    ['a stretch of folding', 16_384 + 3_344 - 2, 16_384 + 3_344 + 70],
    ['a chunk', 65_534, 65_540],
    ['two chunks', 131_070, 131_076],
  ])('is right at every length around %s', (_, from, to) => {
    const bytes = Buffer.from(Array.from({ length: to + 3 }, (_, i) => (i * 31 + (i >> 3) * (i >> 9)) & 255));
    for (let length = from; length < to; length++) {
      expect(crc32c(bytes, 3, 3 + length)).toBe(bitByBit(bytes.subarray(3, 3 + length)));
    }
  });

  it('sums up a page in place, in parts of any length', () => {
    const page = takeCrcPage();
    if (page === undefined) throw new Error('there is no page');
    page.forEach((_, i) => (page[i] = (i * 7 + (i >> 4) * (i >> 11)) & 255));
    const parts = [0, 1, 20_000, 20_016, 500_003, 777_777, page.length];
    const sum = parts
      .slice(1)
      .reduce((before, to, i) => updateCrc(before, page, parts[i] ?? 0, to), initialCrc);
    expect(finalCrc(sum)).toBe(crc32c(Buffer.from(page)));
    expect(finalCrc(sum)).toBe(bitByBit(page));
    giveCrcPage(page);
  });

  it('runs the module that its source makes', async () => {
    expect(await readFile(new URL('crc32c-wasm.ts', import.meta.url), 'utf8')).toBe(await source());
  });
});
