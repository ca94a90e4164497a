import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/**
 * Runs a program of the demo in a process of its own, and yields what it writes with {@link
 * answer}. Rejects when it fails.
 */
export async function* run(program: URL, question: unknown, signal: AbortSignal): AsyncGenerator {
  const child = spawn(process.execPath, [fileURLToPath(program)], { stdio: ['pipe', 'pipe', 'pipe'] });
  const closed = exitCode(child);
  const kill = (): unknown => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  child.stdin.end(JSON.stringify(question));
  for await (const line of createInterface({ input: child.stdout })) {
    const parsed: unknown = JSON.parse(line);
    yield parsed;
  }
  const code = await closed;
  signal.removeEventListener('abort', kill);
  if (code !== 0) throw new Error(`${fileURLToPath(program)} failed:\n${complaint}`);
}

/** `null` when a signal ended the process. */
function exitCode(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
}

/** In the program: resolves with its input. */
export async function question(): Promise<unknown> {
  const asked: unknown = JSON.parse(await text(process.stdin));
  return asked;
}

/** In the program: writes one line of its output. */
export async function answer(line: unknown): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain');
}
