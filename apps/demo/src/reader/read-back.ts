import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ReadRecord } from '../verdict/verdict.js';

/** Reads a topic through the independent consumer. */
export async function readBack(
  topic: string,
  brokers: readonly string[],
  signal: AbortSignal,
): Promise<ReadRecord[]> {
  const program = fileURLToPath(new URL('./main.js', import.meta.url));
  const child = spawn(process.execPath, [program, topic, brokers.join(',')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = exitCode(child);
  const kill = (): unknown => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const records: ReadRecord[] = [];
  for await (const line of createInterface({ input: child.stdout })) records.push(readRecord(line));
  const code = await closed;
  signal.removeEventListener('abort', kill);
  if (code !== 0) throw new Error(`the consumer that reads ${topic} back failed:\n${complaint}`);
  return records;
}

/** `null` when a signal ended the process. */
function exitCode(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
}

function readRecord(line: string): ReadRecord {
  const parsed: unknown = JSON.parse(line);
  if (!isReadRecord(parsed)) throw new Error(`the consumer wrote what is no record: ${line.slice(0, 200)}`);
  return parsed;
}

function isReadRecord(value: unknown): value is ReadRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'partition' in value &&
    'offset' in value &&
    'key' in value &&
    'value' in value
  );
}
