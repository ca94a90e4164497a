import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiledCore, run, type Child } from './child.fixture.js';

let core: Awaited<ReturnType<typeof compiledCore>>;
beforeAll(async () => {
  core = await compiledCore();
}, 60_000);
afterAll(() => core.remove());

/**
 * A program with a producer and one record in flight, which its adapter delivers after `answerMs`.
 */
const program = (answerMs: number, more = ''): string => `
  import { createProducer } from './index.js';
  const make = (name, answerMs) => createProducer({
    handleSignals: true,
    adapter: {
      name, capabilities: {},
      connect: async () => {},
      send: (batch, settle) => setTimeout(() => {
        for (const one of batch) one.outcome = { status: 'delivered', topic: 't', partition: 0, offset: 0, timestamp: 0 };
        settle(batch);
        console.log(name + ' delivered');
      }, answerMs),
      flush: async () => {},
      disconnect: async () => console.log(name + ' disconnected'),
    },
  });
  const producer = await make('first', ${answerMs});
  producer.fireAndForget({ topic: 't', value: 'v' });
  ${more}
  setInterval(() => {}, 1_000);
  console.log('ready');
`;
const started = async (text: string): Promise<Child> => {
  const child = await run(core.directory, text);
  await child.printed('ready');
  return child;
};

describe.each(['SIGTERM', 'SIGINT'] as const)('handleSignals and %s', (signal) => {
  it('delivers records in progress, disconnects, and ends as the signal would have', async () => {
    const child = await started(program(100));
    child.process.kill(signal);
    const end = await child.ended;
    expect(end).toMatchObject({ code: null, signal });
    expect(end.output).toBe('ready\nfirst delivered\nfirst disconnected\n');
  });
});

describe('handleSignals', () => {
  it('ends the process at once on a second signal', async () => {
    const child = await started(
      program(3_600_000, `process.on('SIGINT', () => setImmediate(() => console.log('once')));`),
    );
    child.process.kill('SIGINT');
    await child.printed('once');
    child.process.kill('SIGTERM');
    expect(await child.ended).toMatchObject({ signal: 'SIGTERM', output: 'ready\nonce\n' });
  });

  it('does not end the process while another producer still delivers', async () => {
    const second = `
      const second = await make('second', 200);
      second.fireAndForget({ topic: 't', value: 'v' });
    `;
    const child = await started(program(10, second));
    child.process.kill('SIGTERM');
    const { output, signal } = await child.ended;
    expect(signal).toBe('SIGTERM');
    expect(output).toContain('second delivered\nsecond disconnected');
  });

  it('leaves the exit to the user’s own listener', async () => {
    const own = `process.on('SIGTERM', () => setTimeout(() => { console.log('own end'); process.exit(7); }, 300));`;
    const child = await started(program(10, own));
    child.process.kill('SIGTERM');
    expect(await child.ended).toMatchObject({
      code: 7,
      output: expect.stringMatching(/first disconnected\nown end/) as string,
    });
  });

  it('removes the listeners of a closed producer', async () => {
    const closed = `await producer.close(); console.log(process.listenerCount('SIGTERM'), process.listenerCount('SIGINT'));`;
    const child = await started(program(1, closed));
    child.process.kill('SIGTERM');
    expect((await child.ended).output).toBe('first delivered\nfirst disconnected\n0 0\nready\n');
  });
});
