// Makes src/format/crc32c-wasm.ts: the inner loop of CRC-32C, unrolled. `node packages/journal/wasm/crc32c.mjs`
//
// Two braids of 8-byte words, each looked up in 8 tables, so that the processor has two independent chains to work on. The idea of
// braids: "Everything we know about CRC but afraid to forget", Andrew Kadatch and Bob Jenkins, 2010.
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

const text = `(module
  (import "journal" "memory" (memory 1))
  (func (export "update") (param $at i32) (param $bytes i32) (param $crc i32) (result i32)
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
  const module = (await wabt()).parseWat('crc32c.wat', text);
  const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
  const lines = base64.match(/.{1,100}/g).map((line) => `  '${line}'`);
  return `// Made by wasm/crc32c.mjs; a test compares the two.

/** Bytes that the module takes at once; a multiple of it is carried over by the tables at its memory's start. */
export const blockBytes = ${blockBytes};
/** Where the tables end and the bytes to be summed may begin. */
export const tablesBytes = ${16 * tableBytes};
export const moduleBase64 = [
${lines.join(',\n')},
].join('');
`;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL('../src/format/crc32c-wasm.ts', import.meta.url), await source());
}
