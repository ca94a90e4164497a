import fs from 'node:fs';
import path from 'node:path';
import { exec } from '../setup/exec.mjs';
import { root } from '../setup/places.mjs';
import { codeBlocks } from './code-blocks.mjs';
import { look, problemOf } from './findings.mjs';
import { ReadmeKafka } from './readme-kafka.mjs';

/** @typedef {import('./code-blocks.mjs').CodeBlock & { page: string, file: string }} Placed */

const runTimeoutMs = 60_000;

/** A block that imports nothing is a module too: it may wait at its top level, and its names are its own. */
const asModule = '\nexport {};\n';

/**
 * Writes each code block of the pages to a file of its own, on the line that it has in its page, so that an error
 * names the line to look at.
 *
 * @param {string[]} pages paths of Markdown files
 * @param {string} folder
 * @returns {Placed[]}
 */
function place(pages, folder) {
  return pages.flatMap((page) => {
    const name = path.relative(root, page);
    return codeBlocks(fs.readFileSync(page, 'utf8'))
      .filter((block) => block.kind !== 'fragment')
      .map((block) => {
        const file = `${name.replaceAll(/[/\\]/g, '.')}.${block.line}.ts`;
        fs.writeFileSync(path.join(folder, file), '\n'.repeat(block.line - 1) + block.code + asModule);
        return { ...block, page: name, file };
      });
  });
}

/** @param {string} folder the user's, in which everything is installed */
async function compile(folder) {
  fs.writeFileSync(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        lib: ['es2023', 'esnext.disposable'],
        module: 'nodenext',
        strict: true,
        skipLibCheck: true,
        types: ['node'],
        rootDir: 'src',
        outDir: 'out',
      },
      include: ['src'],
    }),
  );
  const tsc = path.join(folder, 'node_modules/typescript/bin/tsc');
  const { output } = await exec(process.execPath, [tsc, '--pretty', 'false'], {
    cwd: folder,
    timeoutMs: 120_000,
  });
  return output;
}

/**
 * Compiles every TypeScript block of the pages against the installed packages, and runs those marked so.
 *
 * @param {string[]} pages
 * @param {string} folder
 * @returns {Promise<import('./findings.mjs').Finding[]>}
 */
export async function checkReadmes(pages, folder) {
  const sources = path.join(folder, 'src');
  fs.mkdirSync(sources, { recursive: true });
  const blocks = place(pages, sources);
  const errors = await compile(folder);
  /** @type {import('./findings.mjs').Finding[]} */
  const findings = [];
  const kafka = new ReadmeKafka();
  try {
    for (const { page, line, file, kind, code } of blocks) {
      const where = `${page}:${line}`;
      const own = errors.split('\n').filter((error) => error.includes(`${file}(`));
      findings.push({ what: `${where}: compiles`, problem: own.length > 0 ? own.join('\n') : undefined });
      if (kind !== 'run') continue;
      const script = path.join(folder, 'out', file.replace(/\.ts$/, '.js'));
      const run = async () => {
        const env = await kafka.environmentFor(code);
        return problemOf(
          await exec(process.execPath, [script], { cwd: folder, env, timeoutMs: runTimeoutMs }),
        );
      };
      findings.push(await look(`${where}: runs`, run));
    }
  } finally {
    await kafka.down();
  }
  return findings;
}
