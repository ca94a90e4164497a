import { expect, it } from 'vitest';
import { codeBlocks } from './code-blocks.mjs';
import { topicsIn } from './readme-kafka.mjs';

const markdown = `# A page

\`\`\`ts
const compiled = 1;
\`\`\`

<!-- run -->

\`\`\`ts
const run = 2;
\`\`\`

\`\`\`sh
npm test
\`\`\`

<!-- fragment -->
\`\`\`ts
use: [retry()]
\`\`\`

<!-- run -->
Text between the mark and the block takes the mark away.

\`\`\`ts
const again = 3;
\`\`\`
`;

it('finds the TypeScript blocks, their lines and their kinds', () => {
  expect(codeBlocks(markdown)).toEqual([
    { kind: 'compile', line: 4, code: 'const compiled = 1;\n' },
    { kind: 'run', line: 10, code: 'const run = 2;\n' },
    { kind: 'fragment', line: 19, code: 'use: [retry()]\n' },
    { kind: 'compile', line: 26, code: 'const again = 3;\n' },
  ]);
});

it('finds none in a page without code', () => {
  expect(codeBlocks('# Nothing\n')).toEqual([]);
});

it('finds the topics that code names', () => {
  expect(
    topicsIn(`send({ topic: 'a', key }); send({ topic: 'b.dlq' }); send({ topic: 'a' }); topics: 'c'`),
  ).toEqual(['a', 'b.dlq']);
});
