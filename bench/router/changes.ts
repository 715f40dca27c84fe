import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { projectId, Request } from './names.ts';

export interface Changed {
  readonly changes: number;
  /** From the commit until the first answer that knows of it; the longest of all. */
  readonly stalestMs: number;
}

const perSec = 100;
const changing = 50;
const pollMs = 2;
const giveUpMs = 10_000;

/** Projects that lose their machine and come back, guarded and with new epochs as every transition. */
const change = `
  update projects set state = $2, epoch = nextval('epochs') where id = $1 and state = $3 and epoch = $4 returning epoch`;

/** Changes a hundred projects a second until stopped, and watches over connections of its own how soon that is known. */
export async function keepChanging(databaseUrl: string, port: number, stop: AbortSignal): Promise<Changed> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  const watching: Promise<number>[] = [];
  const watched = await Promise.all(Array.from({ length: changing }, (_, index) => Watched.open(pool, port, index)));
  try {
    for (let at = 0; !stop.aborted; at += 1) {
      const project = watched[at % changing];
      if (project !== undefined) watching.push(project.change());
      await sleep(1000 / perSec);
    }
    const stale = await Promise.all(watching);
    await Promise.all(watched.map((project) => project.comeBack()));
    return { changes: stale.length, stalestMs: Math.max(...stale) };
  } finally {
    for (const project of watched) project.close();
    await pool.end();
  }
}

class Watched {
  readonly #pool: pg.Pool;
  readonly #socket: Socket;
  readonly #index: number;
  readonly #request = new Request('known');
  #epoch: string;
  #state: 'active' | 'lost' = 'active';
  #last: Promise<number> = Promise.resolve(0);

  private constructor(pool: pg.Pool, socket: Socket, index: number, epoch: string) {
    this.#pool = pool;
    this.#socket = socket;
    this.#index = index;
    this.#epoch = epoch;
  }

  static async open(pool: pg.Pool, port: number, index: number): Promise<Watched> {
    const { rows } = await pool.query<{ epoch: string }>('select epoch from projects where id = $1', [
      projectId(index),
    ]);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Watched(pool, socket, index, rows[0]?.epoch ?? '');
  }

  /** Milliseconds from the commit until an answer knows of it. */
  change(): Promise<number> {
    this.#last = this.#last.then(() => this.#change());
    return this.#last;
  }

  async comeBack(): Promise<void> {
    if (this.#state === 'lost') await this.change();
  }

  close(): void {
    this.#socket.destroy();
  }

  async #change(): Promise<number> {
    const before = this.#state;
    this.#state = before === 'active' ? 'lost' : 'active';
    const values = [projectId(this.#index), this.#state, before, this.#epoch];
    const { rows } = await this.#pool.query<{ epoch: string }>({ name: 'change', text: change, values });
    const committedAt = performance.now();
    if (rows[0] === undefined) throw new Error(`Project ${values[0]} was changed by somebody else.`);
    this.#epoch = rows[0].epoch;
    const expected = this.#state === 'active' ? '200' : '503';
    while ((await this.#status()) !== expected) {
      if (performance.now() - committedAt > giveUpMs) throw new Error(`Project ${values[0]} stays stale.`);
      await sleep(pollMs);
    }
    return performance.now() - committedAt;
  }

  async #status(): Promise<string> {
    this.#socket.write(this.#request.aimAt(this.#index));
    const [bytes] = await once(this.#socket, 'data');
    return bytes.toString('latin1', 9, 12);
  }
}
