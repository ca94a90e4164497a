import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { root } from '../setup/places.mjs';
import { ReadmeKafka } from './readme-kafka.mjs';
import { checkReadmes } from './readmes.mjs';

/** @type {string} */
let folder;
beforeEach(() => {
  // Inside the repository, so that the types of Node.js are found.
  fs.mkdirSync(path.join(root, 'tmp'), { recursive: true });
  folder = fs.mkdtempSync(path.join(root, 'tmp/readmes-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** Returns the problems of a page's blocks, by position. @param {string} markdown */
async function problemsOf(markdown) {
  const page = path.join(folder, 'page.md');
  fs.writeFileSync(page, markdown);
  fs.mkdirSync(path.join(folder, 'user/src'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'user/src/of-no-page.ts'), 'const other: number = true;\n');
  const findings = await checkReadmes([page], path.join(folder, 'user'), new ReadmeKafka());
  return Object.fromEntries(findings.map(({ what, problem }) => [what.replace(/.*page\.md/, ''), problem]));
}

it('compiles each block, runs the marked ones, and reports other compiler errors', async () => {
  const problems = await problemsOf(`
\`\`\`ts
const compiled: number = 'text';
\`\`\`
<!-- run -->
\`\`\`ts
import { writeFileSync } from 'node:fs';
writeFileSync('left', 'for the next block');
\`\`\`
<!-- run -->
\`\`\`ts
import { readFileSync } from 'node:fs';
throw new Error(readFileSync('left', 'utf8'));
\`\`\`
`);
  expect(problems).toEqual({
    'the compiler, with the code of the pages': expect.stringMatching(
      /^src\/of-no-page.ts\(1,7\): error TS2322/,
    ),
    ':3: compiles': expect.stringContaining("Type 'string' is not assignable to type 'number'"),
    ':7: compiles': undefined,
    ':7: runs': undefined,
    ':12: compiles': undefined,
    ':12: runs': expect.stringContaining('Error: for the next block'),
  });
});
