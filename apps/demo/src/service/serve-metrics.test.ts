import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { freePort } from '../free-port.fixture.js';
import { serveMetrics } from './serve-metrics.js';

it('says which option helps when the port is taken', async () => {
  const port = await freePort();
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  await expect(serveMetrics(port)).rejects.toThrow(
    `metrics cannot be served on port ${port}: choose another with --metrics-port`,
  );
  other.close();
});
