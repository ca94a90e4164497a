import { consoleLoggerAt, silentLogger } from '../system/logger.js';
import { afterEach, expect, it, vi } from 'vitest';

const consoleLogger = consoleLoggerAt({ wallTime: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) });

afterEach(() => void vi.restoreAllMocks());

it('writes warnings and errors with their fields, and no other levels', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    consoleLogger[level]('plain');
    silentLogger[level]('nothing');
  }
  consoleLogger.warn('with fields', { broker: 'b1', tries: 2 });
  const at = '2026-01-02T03:04:05.006Z holdfast:';
  expect(warn.mock.calls).toEqual([[`${at} plain`], [`${at} with fields {"broker":"b1","tries":2}`]]);
  expect(error.mock.calls).toEqual([[`${at} plain`]]);
});
