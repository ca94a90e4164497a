import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isReport, type Ended, type Sample, type SenderSettings } from './messages.js';

const heapMegabytes = 64;
const lastWordsLength = 4_000;

export interface SenderRun {
  readonly samples: readonly Sample[];
  /** The number of {@link samples} from before the drain. */
  readonly sending: number;
  readonly ended: Ended;
}

/** Runs the sender in a small heap. Rejects when it dies, for instance of a full heap. */
export function runSender(
  settings: SenderSettings,
  hears: (sample: Sample) => void,
  signal: AbortSignal,
): Promise<SenderRun> {
  const child = fork(
    fileURLToPath(new URL('./sender-main.js', import.meta.url)),
    [JSON.stringify(settings)],
    {
      execArgv: [`--max-old-space-size=${heapMegabytes}`],
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    },
  );
  const kill = (): unknown => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  let lastWords = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-lastWordsLength);
  });
  const samples: Sample[] = [];
  let sending = Infinity;
  let ended: Ended | undefined;
  child.on('message', (message) => {
    if (!isReport(message)) return;
    if (message.type === 'draining') sending = samples.length;
    else if (message.type === 'ended') ended = message.ended;
    else {
      samples.push(message.sample);
      hears(message.sample);
    }
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, killed) => {
      signal.removeEventListener('abort', kill);
      if (code === 0 && ended !== undefined) resolve({ samples, sending, ended });
      else reject(new Error(`the sender died (${killed ?? `exit code ${code}`})\n${lastWords}`));
    });
  });
}
