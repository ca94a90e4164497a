import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/**
 * Compiles core to JavaScript in a temporary folder: a child process cannot run the sources, and a
 * build may be stale.
 */
export async function compiledCore(): Promise<{ readonly directory: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-core-'));
  const source = fileURLToPath(new URL('..', import.meta.url));
  const files = (await readdir(source, { recursive: true })).filter((name) => /^[^.]+\.ts$/.test(name));
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  await Promise.all(
    files.map(async (name) => {
      const { outputText } = ts.transpileModule(await readFile(join(source, name), 'utf8'), {
        compilerOptions,
      });
      const path = join(directory, name.replace(/ts$/, 'js'));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, outputText);
    }),
  );
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

export interface Child {
  readonly process: ChildProcess;
  /** Resolves once the child has printed `text`; rejects if it ends without it. */
  printed(text: string): Promise<void>;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: string | null;
    readonly output: string;
  }>;
}

/** Runs `program`, an ES module that finds core at `./index.js`. */
export async function run(directory: string, program: string, flags: readonly string[] = []): Promise<Child> {
  const file = join(directory, `program-${process.hrtime.bigint()}.js`);
  await writeFile(file, program);
  const child = spawn(process.execPath, [...flags, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<{ code: number | null; signal: string | null; output: string }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, output }));
  });
  const printed = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (output.includes(text)) resolve();
      };
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`the child ended without '${text}': ${output}`)));
    });
  return { process: child, printed, ended };
}
