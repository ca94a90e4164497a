import { afterEach, expect, it, vi } from 'vitest';
import { consoleLogger, silentLogger } from './logger.js';

afterEach(() => void vi.restoreAllMocks());

it('writes warnings and errors, with their fields, and nothing else', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    consoleLogger[level]('plain');
    silentLogger[level]('nothing');
  }
  consoleLogger.warn('with fields', { broker: 'b1', tries: 2 });
  expect(warn.mock.calls).toEqual([['holdfast: plain'], ['holdfast: with fields {"broker":"b1","tries":2}']]);
  expect(error.mock.calls).toEqual([['holdfast: plain']]);
});
