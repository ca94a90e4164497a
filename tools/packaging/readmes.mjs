import fs from 'node:fs';
import path from 'node:path';
import { exec } from '../setup/exec.mjs';
import { root } from '../setup/places.mjs';
import { codeBlocks } from './code-blocks.mjs';
import { look, problemOf } from './findings.mjs';
import { sideBySide } from './side-by-side.mjs';

/** @typedef {import('./findings.mjs').Finding} Finding */
/** @typedef {import('./readme-kafka.mjs').ReadmeKafka} ReadmeKafka */
/** @typedef {import('./code-blocks.mjs').CodeBlock & { page: string, file: string }} Placed */

const runTimeoutMs = 60_000;

/**
 * Makes a block without imports a module too: it may use top-level await, and its names are its
 * own.
 */
const asModule = '\nexport {};\n';

/**
 * Writes each code block of the pages to a file of its own, on the line that it has in its page, so
 * that errors have the right line numbers.
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

/**
 * @param {string} folder the user's, in which everything is installed
 * @returns {Promise<string[]>} what the compiler does not like, each with the lines that explain it
 */
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
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const { code, output } = await exec(process.execPath, [tsc, '--pretty', 'false'], {
    cwd: folder,
    timeoutMs: 120_000,
  });
  if (code === 0) return [];
  const errors = output.trimEnd().split(/\n(?=\S)/);
  return errors.some(Boolean) ? errors : [`tsc ended with code ${code}`];
}

/**
 * Runs one block to its end, in a folder for its page: the blocks of a page share what earlier ones
 * left there.
 *
 * @param {Placed} block
 * @param {string} folder
 * @param {ReadmeKafka} kafka
 */
async function run({ page, file, code }, folder, kafka) {
  const cwd = path.join(folder, 'run', page);
  fs.mkdirSync(cwd, { recursive: true });
  const env = await kafka.environmentFor(code);
  const script = path.join(folder, 'out', file.replace(/\.ts$/, '.js'));
  return problemOf(await exec(process.execPath, [script], { cwd, env, timeoutMs: runTimeoutMs }));
}

/**
 * Compiles every TypeScript block of the pages against the installed packages, and runs those
 * marked so, the blocks of a page one after the other.
 *
 * @param {string[]} pages
 * @param {string} folder
 * @param {ReadmeKafka} kafka
 * @returns {Promise<Finding[]>}
 */
export async function checkReadmes(pages, folder, kafka) {
  const sources = path.join(folder, 'src');
  fs.mkdirSync(sources, { recursive: true });
  const blocks = place(pages, sources);
  const errors = await compile(folder);
  const findings = await sideBySide(
    [...new Set(blocks.map(({ page }) => page))].map((page) => async () => {
      /** @type {Finding[]} */
      const its = [];
      for (const block of blocks.filter((one) => one.page === page)) {
        const where = `${page}:${block.line}`;
        const own = errors.filter((error) => error.includes(`${block.file}(`));
        its.push({ what: `${where}: compiles`, problem: own.length > 0 ? own.join('\n') : undefined });
        if (block.kind === 'run') its.push(await look(`${where}: runs`, () => run(block, folder, kafka)));
      }
      return its;
    }),
  );
  const others = errors.filter((error) => !blocks.some(({ file }) => error.includes(`${file}(`)));
  const problem = others.length > 0 ? others.join('\n') : undefined;
  return [{ what: 'the compiler, with the code of the pages', problem }, ...findings.flat()];
}
