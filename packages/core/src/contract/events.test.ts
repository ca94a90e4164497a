import { EventHub } from '../chain/event-hub.js';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { recordingLogger } from '@holdfast/testing';
import { describe, expect, it, vi } from 'vitest';
import { turn } from './deliveries.fixture.js';
import type { Attempt } from './events.js';

const attempt: Attempt = {
  adapter: 'a',
  servers: [],
  records: 1,
  bytes: 1,
  durationMs: 1,
  outcomes: {},
  errors: {},
  settled: [],
};

describe('EventHub', () => {
  it('calls every listener, in order of registration, until it is removed', () => {
    const hub = new EventHub(recordingLogger());
    const calls: string[] = [];
    const first = (): void => void calls.push('first');
    hub.on('attempt', first);
    const stop = hub.on('attempt', ({ adapter }) => calls.push(adapter));
    hub.emit('attempt', attempt);
    hub.off('attempt', first);
    hub.emit('attempt', attempt);
    stop();
    hub.emit('attempt', attempt);
    expect(calls).toEqual(['first', 'a', 'a']);
  });

  it('calls a listener that was added twice twice, and removes one registration at a time', () => {
    const hub = new EventHub(recordingLogger());
    const listener = vi.fn();
    const stop = hub.on('attempt', listener);
    hub.on('attempt', listener);
    hub.emit('attempt', attempt);
    expect(listener).toHaveBeenCalledTimes(2);
    stop();
    hub.emit('attempt', attempt);
    expect(listener).toHaveBeenCalledTimes(3);
    hub.off('connected', listener);
  });

  it('reports whether an event has listeners', () => {
    const hub = new EventHub(recordingLogger());
    expect(hub.has('attempt')).toBe(false);
    const stop = hub.on('attempt', vi.fn());
    expect(hub.has('attempt')).toBe(true);
    expect(hub.has('failed')).toBe(false);
    stop();
    expect(hub.has('attempt')).toBe(false);
  });

  it('a listener that throws or rejects does not affect others, and is reported', async () => {
    const logger = recordingLogger();
    const hub = new EventHub(logger);
    const other = vi.fn();
    const errors: unknown[] = [];
    hub.on('callbackError', ({ error }) => errors.push(error));
    hub.on('attempt', () => {
      throw new RangeError('thrown');
    });
    const rejects = (): Promise<never> => Promise.reject(new TypeError('rejected'));
    Reflect.apply(hub.on, hub, ['attempt', rejects]);
    hub.on('attempt', other);
    hub.emit('attempt', attempt);
    await turn();
    expect(other).toHaveBeenCalledOnce();
    expect(errors).toEqual([new RangeError('thrown'), new TypeError('rejected')]);
    expect(logger.text()).toContain('error a listener of \'attempt\' threw {"error":"RangeError"}');
    expect(logger.text()).not.toContain('rejected');
  });

  it('logs a callbackError listener that throws, without emitting the event again', () => {
    const logger = recordingLogger();
    const hub = new EventHub(logger);
    hub.on('callbackError', () => {
      throw new Error('again');
    });
    hub.emit('callbackError', { error: 1 });
    expect(logger.lines).toHaveLength(1);
  });

  it('a listener added or removed during an event takes effect at the next one', () => {
    const hub = new EventHub(recordingLogger());
    const late = vi.fn();
    const stop = hub.on('attempt', () => {
      stop();
      hub.on('attempt', late);
    });
    hub.emit('attempt', attempt);
    expect(late).not.toHaveBeenCalled();
    hub.emit('attempt', attempt);
    expect(late).toHaveBeenCalledOnce();
  });

  it('publishes on diagnostics_channel, with or without its own listeners', () => {
    const hub = new EventHub(recordingLogger());
    const seen: unknown[] = [];
    const watch = (message: unknown): void => void seen.push(message);
    expect(hub.has('attempt')).toBe(false);
    subscribe('holdfast:attempt', watch);
    expect(hub.has('attempt')).toBe(true);
    hub.emit('attempt', attempt);
    unsubscribe('holdfast:attempt', watch);
    hub.emit('attempt', attempt);
    expect(seen).toEqual([attempt]);
  });

  it('refuses a listener that is not a function', () => {
    const hub = new EventHub(recordingLogger());
    expect(() => void Reflect.apply(hub.on, hub, ['attempt', 'listener'])).toThrow(
      "the listener of 'attempt' must be a function",
    );
  });
});
