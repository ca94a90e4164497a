/**
 * @typedef {object} CodeBlock
 * @property {number} line where its code begins, from 1
 * @property {string} code
 * @property {'compile' | 'run' | 'fragment'} kind
 */

const fence = /^```(\w*)\s*$/;
const mark = /^<!--\s*(run|fragment)\s*-->$/;

/**
 * Returns the TypeScript blocks of a Markdown text. `<!-- run -->` before a block means that it
 * runs as well as compiles, `<!-- fragment -->` that it does not stand alone.
 *
 * @param {string} markdown
 * @returns {CodeBlock[]}
 */
export function codeBlocks(markdown) {
  /** @type {CodeBlock[]} */
  const blocks = [];
  /** @type {CodeBlock['kind']} */
  let kind = 'compile';
  /** @type {{ language: string, line: number, lines: string[] } | undefined} */
  let open;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fenced = fence.exec(line);
    if (open) {
      if (!fenced) open.lines.push(line);
      else {
        if (open.language === 'ts')
          blocks.push({ kind, line: open.line, code: `${open.lines.join('\n')}\n` });
        open = undefined;
        kind = 'compile';
      }
    } else if (fenced) open = { language: fenced[1] ?? '', line: index + 2, lines: [] };
    else if (line.trim()) kind = /** @type {CodeBlock['kind']} */ (mark.exec(line.trim())?.[1] ?? 'compile');
  }
  return blocks;
}
