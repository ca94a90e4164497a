import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const packages = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(import.meta.url);
const clientName = '@confluentinc/kafka-javascript';
const clientFolder = dirname(require.resolve(`${clientName}/package.json`));

/** The state of the client in `node_modules`. */
export type Client = 'as it is' | 'absent' | 'not built' | 'without bindings' | 'for another system';

/**
 * Core and this adapter as JavaScript, in a `node_modules` of their own, as Node.js finds them
 * without any tool.
 */
export class Installed {
  private constructor(readonly folder: string) {}

  static async as(format: 'esm' | 'commonjs'): Promise<Installed> {
    const installed = new Installed(await mkdtemp(join(tmpdir(), 'holdfast-confluent-')));
    await installed.addPackage('core', format);
    await installed.addPackage('adapter-confluent', format);
    return installed;
  }

  /** Replaces the client. */
  async place(client: Client): Promise<void> {
    for (const name of [clientName, 'bindings'])
      await rm(join(this.folder, 'node_modules', name), { recursive: true, force: true });
    await this.addClient(client);
  }

  /**
   * Runs a CommonJS program, which may import. Resolves with its output, and its exit code or
   * signal.
   */
  async run(program: string): Promise<{ readonly output: string; readonly end: number | string | null }> {
    const file = join(this.folder, 'program.cjs');
    await writeFile(file, program);
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'], cwd: tmpdir() });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const end = await new Promise<number | string | null>((resolve) =>
      child.on('close', (code, signal) => resolve(code ?? signal)),
    );
    return { output, end };
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  private async addPackage(name: string, format: 'esm' | 'commonjs'): Promise<void> {
    const source = join(packages, name, 'src');
    const target = join(this.folder, 'node_modules/@holdfast', name);
    await mkdir(target, { recursive: true });
    const isModule = format === 'esm';
    const module = isModule ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS;
    const compilerOptions = { module, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
    const description = { type: isModule ? 'module' : 'commonjs', exports: await doorsOf(name) };
    await writeFile(join(target, 'package.json'), JSON.stringify(description));
    for (const file of await readdir(source, { recursive: true })) {
      if (!/^[^.]+\.ts$/.test(file)) continue;
      const text = await readFile(join(source, file), 'utf8');
      const { outputText } = ts.transpileModule(text, { compilerOptions });
      const made = join(target, file.replace(/ts$/, 'js'));
      await mkdir(dirname(made), { recursive: true });
      await writeFile(made, outputText);
    }
  }

  private async addClient(client: Client): Promise<void> {
    if (client === 'absent') return;
    const target = join(this.folder, 'node_modules', clientName);
    await mkdir(dirname(target), { recursive: true });
    if (client === 'as it is') return symlink(clientFolder, target);
    for (const part of ['package.json', 'lib', 'librdkafka.js'])
      await cp(join(clientFolder, part), join(target, part), { recursive: true });
    if (client === 'without bindings') return;
    const bindings = dirname(require.resolve('bindings/package.json', { paths: [clientFolder] }));
    await symlink(bindings, join(this.folder, 'node_modules/bindings'));
    if (client === 'not built') return;
    await mkdir(join(target, 'build/Release'), { recursive: true });
    await writeFile(
      join(target, 'build/Release/confluent-kafka-javascript.node'),
      'MZ or ELF of another system',
    );
  }
}

/** Returns a package's entry points in the JavaScript that is made from its sources. */
async function doorsOf(name: string): Promise<Record<string, string>> {
  const { exports } = JSON.parse(await readFile(join(packages, name, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { readonly '@holdfast/source': string }>;
  };
  return Object.fromEntries(
    Object.entries(exports).flatMap(([door, target]) =>
      typeof target === 'string'
        ? []
        : [[door, target['@holdfast/source'].replace('/src/', '/').replace(/ts$/, 'js')]],
    ),
  );
}
