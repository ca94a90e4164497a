import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { choosePorts } from './ports.js';

describe('ports', () => {
  it('are free, all different, and below those of outgoing connections', async () => {
    const ports = await choosePorts(9, undefined);
    expect(new Set(ports).size).toBe(9);
    for (const port of ports) expect(port).toBeGreaterThanOrEqual(20_000);
    for (const port of ports) expect(port).toBeLessThan(32_768);
  });

  it('from a given one on are refused when one of them is in use', async () => {
    const [base = 0] = await choosePorts(1, undefined);
    expect(await choosePorts(1, base)).toEqual([base]);
    const server = createServer().listen(base, '127.0.0.1');
    await once(server, 'listening');
    await expect(choosePorts(1, base)).rejects.toThrow(`something listens on ${base} already`);
    server.close();
  });

  it('from a given one on are refused in the range of outgoing connections', async () => {
    await expect(choosePorts(3, 40_000)).rejects.toThrow(
      /portBase 40000: .* outgoing connections .*; choose one below 32766$/,
    );
    await expect(choosePorts(2, 32_767)).rejects.toThrow('outgoing connections');
  });
});
