import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { RequestListener, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boundServer } from '../api/server.js';
import type { MachineIdentity } from './record.js';

/** The kernel takes 104 bytes on macOS and 108 on Linux. */
const maxPathBytes = 100;
const machineIdBytes = 14;

/**
 * Each machine's own way to the Machines API, a Unix socket as `/.fly/api` is on Fly: whoever reaches it needs no token
 * and speaks for the machine's app. Source: fly.io/docs/reference/suspend-resume.
 */
export class ApiSockets {
  readonly #dir: string;
  readonly #listenerFor: (app: string) => RequestListener;
  readonly #servers = new Map<string, Promise<Server>>();
  #folder: Promise<string> | undefined;
  #closed = false;

  /** @param dir the emulator's; where its path is too long for sockets, they are in a temporary folder */
  constructor(dir: string, listenerFor: (app: string) => RequestListener) {
    this.#dir = dir;
    this.#listenerFor = listenerFor;
  }

  /** Opens it unless it is open. @returns its path. @throws when all have been closed */
  async open({ id, app }: MachineIdentity): Promise<string> {
    this.#folder ??= this.#chooseFolder();
    const folder = await this.#folder;
    // Also when somebody has cleared it away meanwhile.
    await mkdir(folder, { recursive: true });
    if (this.#closed) throw new Error('The emulator stops.');
    const path = join(folder, id);
    const server = this.#servers.get(id) ?? listen(path, this.#listenerFor(app));
    this.#servers.set(id, server);
    try {
      await server;
    } catch (error) {
      this.#servers.delete(id);
      throw error;
    }
    return path;
  }

  async close(machineId: string): Promise<void> {
    const server = await this.#servers.get(machineId)?.catch(() => undefined);
    this.#servers.delete(machineId);
    if (server === undefined) return;
    const closed = once(server, 'close');
    // The file goes with it.
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** None opens any more. */
  async closeAll(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#servers.keys()].map((id) => this.close(id)));
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true, force: true });
  }

  async #chooseFolder(): Promise<string> {
    const folder = join(this.#dir, 'api');
    const fits = Buffer.byteLength(folder) + 1 + machineIdBytes <= maxPathBytes;
    return fits ? folder : mkdtemp(join(tmpdir(), 'fly-api-'));
  }
}

async function listen(path: string, listener: RequestListener): Promise<Server> {
  const server = boundServer(listener).listen(path);
  await once(server, 'listening');
  return server;
}
