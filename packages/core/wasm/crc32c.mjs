// Makes src/codec/crc32c-wasm.ts: CRC-32C in two steps. `node packages/core/wasm/crc32c.mjs`
//
// 1. Folding, for all but the last bytes of what is long: Castagnoli's polynomial divides 1 + y^65 + y^155 + y^170 + y^195 + y^209 with
//    y = x^-128, so a vector of 16 bytes can be taken out of the message when it is added (exclusive or) to the five vectors that come so
//    many vectors later. Read the other way round, each vector is itself plus what five earlier ones came to. No tables, no carry.
//    Sparse multiples instead of tables: "Chorba: A novel CRC32 implementation", Kadir Russell, 2024.
// 2. Tables, for what is left: two braids of 8-byte words, each looked up in 8 tables, so that the processor has two independent chains
//    to work on. "Everything we know about CRC but afraid to forget", Andrew Kadatch and Bob Jenkins, 2010.
import { Buffer } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const braids = 2;
const wordBytes = 8;
const blockBytes = braids * wordBytes;
const tableBytes = 1024;
/** Tables that carry a word's byte over a whole block, then those that carry it over one word. */
const blockTables = 0;
const wordTables = 8 * tableBytes;

const set = (name, value) => `(local.set $${name} ${value})`;
const get = (name) => `(local.get $${name})`;

/** The exclusive or of a table's entry for each byte of the i64 `word`. */
function lookUp(word, tables) {
  const entries = Array.from({ length: wordBytes }, (_, k) => {
    const index =
      k === 0
        ? `(i32.shl (i32.wrap_i64 ${get(word)}) (i32.const 2))`
        : `(i32.wrap_i64 (i64.shr_u ${get(word)} (i64.const ${8 * k - 2})))`;
    return `(i32.load offset=${tables + k * tableBytes} (i32.and ${index} (i32.const 1020)))`;
  });
  return entries.reduce((all, one) => `(i32.xor ${all} ${one})`);
}

const load = (braid, state) =>
  `(i64.xor (i64.load offset=${braid * wordBytes} align=1 ${get('at')}) (i64.extend_i32_u ${state}))`;

const each = (code) => Array.from({ length: braids }, (_, braid) => code(braid)).join('\n');

/** Distances, in vectors, that a vector is added at. The least farthest one for six terms; for four it is beyond 3,600. */
const folds = [65, 155, 170, 195, 209];
const vectorBytes = 16;
const foldedBytes = folds.at(-1) * vectorBytes;
/** Vectors that are handled at once. */
const unrolled = 4;
/** Folded at a time, so that it stays in the first-level cache. */
const stretchBytes = 16 * 1024;
/** Shorter, the tables alone are faster. */
const leastBytes = 1.5 * foldedBytes;

/** Behind the tables: what the last vectors came to, those of the stretch behind them; then what is left for the tables. */
const folded = 16 * tableBytes;
const left = folded + foldedBytes + stretchBytes;
const scratchEnd = left + foldedBytes;

/** What the vector at `at` comes to, when `place` is its place in `folded`, less the bytes of the farthest. */
const fold = (k) =>
  folds.reduce(
    (sum, distance) =>
      `(v128.xor ${sum} (v128.load offset=${foldedBytes + (k - distance) * vectorBytes} ${get('place')}))`,
    `(v128.load offset=${k * vectorBytes} align=1 ${get('at')})`,
  );

const folding = `
    (local $length i32) (local $place i32) (local $stop i32) (local $seed v128)
    (if (i32.lt_u ${get('bytes')} (i32.const ${leastBytes}))
      (then (return (call $look ${get('at')} ${get('bytes')} ${get('crc')}))))
    (memory.fill (i32.const ${folded}) (i32.const 0) (i32.const ${foldedBytes}))
    ${set('seed', `(i32x4.replace_lane 0 (v128.const i64x2 0 0) ${get('crc')})`)}
    ${set('left', `(i32.and (i32.sub ${get('bytes')} (i32.const ${foldedBytes})) (i32.const ${-unrolled * vectorBytes}))`)}
    ${set('bytes', `(i32.sub ${get('bytes')} ${get('left')})`)}
    (loop $stretches
      ${set('length', `(select ${get('left')} (i32.const ${stretchBytes}) (i32.lt_u ${get('left')} (i32.const ${stretchBytes})))`)}
      ${set('place', `(i32.const ${folded})`)}
      ${set('stop', `(i32.add ${get('place')} ${get('length')})`)}
      (loop $vectors
        (v128.store offset=${foldedBytes} ${get('place')} (v128.xor ${get('seed')} ${fold(0)}))
        ${set('seed', '(v128.const i64x2 0 0)')}
        ${Array.from(
          { length: unrolled - 1 },
          (_, k) =>
            `(v128.store offset=${foldedBytes + (k + 1) * vectorBytes} ${get('place')} ${fold(k + 1)})`,
        ).join('\n')}
        ${set('at', `(i32.add ${get('at')} (i32.const ${unrolled * vectorBytes}))`)}
        (br_if $vectors (i32.lt_u
          (local.tee $place (i32.add ${get('place')} (i32.const ${unrolled * vectorBytes}))) ${get('stop')})))
      (memory.copy (i32.const ${folded}) ${get('stop')} (i32.const ${foldedBytes}))
      (br_if $stretches (local.tee $left (i32.sub ${get('left')} ${get('length')}))))
    (memory.fill (i32.const ${folded + foldedBytes}) (i32.const 0) (i32.const ${foldedBytes}))
    ${set('place', `(i32.const ${folded})`)}
    (loop $rest
      (v128.store offset=${left - folded} ${get('place')} ${fold(0)})
      ${set('at', `(i32.add ${get('at')} (i32.const ${vectorBytes}))`)}
      (br_if $rest (i32.lt_u
        (local.tee $place (i32.add ${get('place')} (i32.const ${vectorBytes}))) (i32.const ${folded + foldedBytes}))))
    (call $look ${get('at')} (i32.sub ${get('bytes')} (i32.const ${foldedBytes}))
      (call $look (i32.const ${left}) (i32.const ${foldedBytes}) (i32.const 0)))`;

const text = `(module
  (import "core" "memory" (memory 1))
  (func (export "update") (param $at i32) (param $bytes i32) (param $crc i32) (result i32) (local $left i32)
    ${folding})
  (func $look (param $at i32) (param $bytes i32) (param $crc i32) (result i32)
    (local $end i32) (local $last i32) (local $word i64)
    ${each((braid) => `(local $crc${braid} i32) (local $word${braid} i64)`)}
    ${set('end', `(i32.add ${get('at')} ${get('bytes')})`)}
    (if (i32.ge_u ${get('bytes')} (i32.const ${2 * blockBytes})) (then
      ${set('last', `(i32.sub ${get('end')} (i32.const ${2 * blockBytes}))`)}
      ${set('crc0', get('crc'))}
      (loop $blocks
        ${each((braid) => set(`word${braid}`, load(braid, get(`crc${braid}`))))}
        ${each((braid) => set(`crc${braid}`, lookUp(`word${braid}`, blockTables)))}
        (br_if $blocks (i32.le_u (local.tee $at (i32.add ${get('at')} (i32.const ${blockBytes}))) ${get('last')})))
      ${set('crc', '(i32.const 0)')}
      ${each(
        (braid) => `${set('word', load(braid, `(i32.xor ${get(`crc${braid}`)} ${get('crc')})`))}
      ${set('crc', lookUp('word', wordTables))}`,
      )}
      ${set('at', `(i32.add ${get('at')} (i32.const ${blockBytes}))`)}))
    (block $done
      (loop $bytewise
        (br_if $done (i32.ge_u ${get('at')} ${get('end')}))
        ${set(
          'crc',
          `(i32.xor (i32.shr_u ${get('crc')} (i32.const 8)) (i32.load offset=${wordTables + 7 * tableBytes}
          (i32.shl (i32.and (i32.xor ${get('crc')} (i32.load8_u ${get('at')})) (i32.const 255)) (i32.const 2))))`,
        )}
        ${set('at', `(i32.add ${get('at')} (i32.const 1))`)}
        (br $bytewise)))
    ${get('crc')}))`;

export async function source() {
  const module = (await wabt()).parseWat('crc32c.wat', text, { simd: true, bulk_memory: true });
  const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
  const lines = base64.match(/.{1,100}/g).map((line) => `  '${line}'`);
  return `// Made by wasm/crc32c.mjs; a test compares the two.

/** Bytes that the module processes per block, with the tables at the start of its memory. */
export const blockBytes = ${blockBytes};
export const tablesBytes = ${16 * tableBytes};
/** Where tables and scratch space end, and input may begin. */
export const scratchEnd = ${scratchEnd};
export const moduleBase64 = [
${lines.join(',\n')},
].join('');
`;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL('../src/codec/crc32c-wasm.ts', import.meta.url), await source());
}
