import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { main } from './main.js';
import { parseState, StateFile, type RunState } from './state.js';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-cli-'));
  const made = directory;
  onTestFinished(() => rm(made, { recursive: true, force: true }));
});

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const print = (text: string): void => void (out += `${text}\n`);
  const complain = (text: string): void => void (err += `${text}\n`);
  const code = await main(argv, { print, complain, directory });
  return { code, out, err };
}

function state(plan: Partial<Extract<RunState, { kind: 'java' }>['plan']> = {}): RunState {
  const nodes = [{ id: 1, port: 29_092, controllerPort: 29_093, internalPort: 29_092 }];
  return { kind: 'java', startedAt: '2026-01-01', plan: { directory, secure: false, nodes, ...plan } };
}

describe('the command', () => {
  it('explains itself', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, err: '' });
    const wrong = await run('explode');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/unknown command 'explode'; the commands are up, .*\n\nUsage: npm run kafka/);
  });

  it('reports that nothing is up: no error for status and down, but one for kill', async () => {
    const status = await run('status');
    expect(status.code).toBe(0);
    expect(status.out).toContain('No cluster is up');
    expect(await run('down')).toMatchObject({ code: 0 });
    const kill = await run('kill', '1');
    expect(kill.code).toBe(1);
    expect(kill.err).toContain('there is no broker');
  });

  it('ignores a state file that is damaged, or whose cluster is gone', async () => {
    await writeFile(join(directory, 'state.json'), '{"kind":');
    expect((await run('status')).out).toContain('No cluster is up');
    await new StateFile(directory).remove();
    await new StateFile(directory).write(state({ directory: join(directory, 'gone') }));
    expect((await run('status')).out).toContain('No cluster is up');
  });
});

describe('the state file', () => {
  it("is read back, and does not overwrite another process's file", async () => {
    const file = new StateFile(join(directory, 'run'));
    await file.write(state());
    expect(await file.read()).toEqual(state());
    await expect(file.write(state())).rejects.toMatchObject({ code: 'EEXIST' });
    await file.remove();
    expect(await file.read()).toBeUndefined();
  });

  it.each(['null', '[]', '{"kind":"java"}', '{"kind":"java","startedAt":"x","plan":{"directory":"/"}}'])(
    '%s is nothing that this launcher wrote',
    (text) => {
      expect(parseState(text)).toBeUndefined();
    },
  );
});
