import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort } from '../../src/local/free-port.js';

it('a free port can be listened on, and is not one that port 0 would give to somebody else', async () => {
  const port = await freePort();
  await using server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  await using other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  expect(port).toBeLessThan(32_000);
  expect(typeof address === 'object' && address !== null ? address.port : 0).toBeGreaterThanOrEqual(32_000);
});

it('free ports that are asked for at once differ', async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, freePort));
  // Of 22,000 ports two of twenty are the same once in a hundred runs.
  expect(new Set(ports).size).toBeGreaterThanOrEqual(18);
});
