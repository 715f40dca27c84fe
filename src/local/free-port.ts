import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections and to whoever asks for port 0: there somebody else might come by
 * the port between our look and the program's start.
 */
const range = { from: 10_000, to: 32_000 };
const maxTries = 100;

/** A loopback port that is free, for programs that cannot be given port 0. @throws when none is found */
export async function freePort(): Promise<number> {
  for (let attempt = 1; attempt <= maxTries; attempt++) {
    const port = randomInt(range.from, range.to);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port was found between ${range.from} and ${range.to} in ${maxTries} tries.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
