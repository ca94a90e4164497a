import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Narrator } from './narrator.js';

function listen(terminal: { isTTY: boolean; columns: number } | undefined) {
  const written: string[] = [];
  return { written, narrator: new Narrator({ ...terminal, write: (text) => written.push(text) }) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the narrator', () => {
  it('writes a line every five seconds where it cannot redraw', () => {
    const { narrator, written } = listen(undefined);
    const stop = narrator.watch(() => ['so', 'far']);
    vi.advanceTimersByTime(10_000);
    stop();
    vi.advanceTimersByTime(10_000);
    expect(written.join('')).toBe('   5.0 s  so | far\n  10.0 s  so | far\n');
  });

  it('redraws the progress on a terminal, cut to the width, below the log', () => {
    const erase = '\r\u001b[1A\u001b[J';
    const { narrator, written } = listen({ isTTY: true, columns: 8 });
    const stop = narrator.watch(() => ['long progress', 'short']);
    vi.advanceTimersByTime(400);
    narrator.say('kill -9');
    stop();
    const drawn = 'long pr\nshort';
    expect(written).toEqual([drawn, erase + drawn, `${erase}   0.4 s  kill -9\n`, drawn, erase]);
  });
});
