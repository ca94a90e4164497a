import { ProducerError } from '@holdfast/core';
import type { ReconnectOptions } from '@holdfast/core/adapter';
import { testEnv, type TestEnv } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { Reconnector } from './reconnector.js';

const down = new ProducerError('BROKER_UNREACHABLE', 'nobody there', { retriable: true });

function setUp(reconnect: ReconnectOptions = {}): {
  env: TestEnv;
  reconnector: Reconnector;
  rounds: number[];
  brokers: { up: boolean };
} {
  const env = testEnv();
  const rounds: number[] = [];
  const brokers = { up: false };
  const reconnector = new Reconnector({
    env,
    reconnect: { tries: Infinity, intervalMs: 1_000, maxIntervalMs: 1_000, ...reconnect },
    attempt: () => {
      rounds.push(env.clock.now());
      return brokers.up ? Promise.resolve() : Promise.reject(down);
    },
  });
  return { env, reconnector, rounds, brokers };
}

describe('reconnecting', () => {
  it('goes on for ever, about every intervalMs', async () => {
    const { env, reconnector, rounds } = setUp();
    await expect(reconnector.start()).rejects.toBe(down);
    await env.clock.advance(3_600_000);
    expect(rounds.length).toBeGreaterThan(3_600_000 / 1_200 - 1);
    const waits = rounds.slice(1).map((at, index) => at - (rounds[index] ?? 0));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(800);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_200);
  });

  it('doubles the wait up to maxIntervalMs', async () => {
    const { env, reconnector, rounds } = setUp({ intervalMs: 100, maxIntervalMs: 1_600 });
    await expect(reconnector.start()).rejects.toBe(down);
    await env.clock.advance(20_000);
    const waits = rounds
      .slice(1)
      .map((at, index) => Math.round(Math.log2((at - (rounds[index] ?? 0)) / 100)));
    expect(waits.slice(0, 6)).toEqual([0, 1, 2, 3, 4, 4]);
  });

  it('reports, while it waits, why, and when to try again', async () => {
    const { env, reconnector } = setUp();
    await expect(reconnector.start()).rejects.toBe(down);
    await env.clock.advance(300);
    const error: unknown = await reconnector.start().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'BROKER_UNREACHABLE', message: 'nobody there', retriable: true });
    expect(ProducerError.is(error) && error.retryAfter).toBeGreaterThan(400);
  });

  it('reports once that the cluster is lost, and once that it is found', async () => {
    const { env, reconnector, brokers } = setUp();
    const reported: string[] = [];
    env.events.on('connected', () => reported.push('connected'));
    env.events.on('disconnected', ({ error }) => reported.push(`disconnected ${error.code}`));
    brokers.up = true;
    await reconnector.start();
    await reconnector.start(); // A connection was lost, and another broker answered at once.
    brokers.up = false;
    await expect(reconnector.start()).rejects.toBe(down);
    await env.clock.advance(10_000);
    brokers.up = true;
    await env.clock.advance(2_000);
    expect(reported).toEqual(['connected', 'disconnected BROKER_UNREACHABLE', 'connected']);
    expect(env.logger.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'info kafkajs: connected to the cluster',
      'warn kafkajs: no broker can be reached: nobody there',
      'warn kafkajs: connected to the cluster',
    ]);
    expect(reconnector.reconnects).toBe(1);
    expect(env.clock.pending).toBe(0);
  });

  it('gives up after `tries` rounds', async () => {
    const { env, reconnector, rounds } = setUp({ tries: 3 });
    await expect(reconnector.start()).rejects.toBe(down);
    await env.clock.advance(60_000);
    expect(rounds).toHaveLength(3);
    await expect(reconnector.start()).rejects.toMatchObject({
      code: 'CLIENT_FATAL',
      retriable: false,
      cause: down,
    });
  });

  it('stops', async () => {
    const { env, reconnector, rounds } = setUp();
    await expect(reconnector.start()).rejects.toBe(down);
    reconnector.stop();
    await env.clock.advance(60_000);
    expect(rounds).toHaveLength(1);
    await expect(reconnector.start()).rejects.toMatchObject({ code: 'CLOSED' });
  });
});
