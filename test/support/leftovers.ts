import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A folder for temporary files that one program of a test has for itself, so that what it leaves can be told apart. */
export class OwnTmp implements AsyncDisposable {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async make(): Promise<OwnTmp> {
    const dir = await mkdtemp(join(tmpdir(), 'valet-e2e-'));
    // When the test runs as root, PostgreSQL runs as another user, who must be able to pass through.
    await chmod(dir, 0o711);
    return new OwnTmp(dir);
  }

  files(): Promise<string[]> {
    return readdir(this.dir);
  }

  /** Every process that was started with this folder, by its command line or its environment. */
  async processes(): Promise<string[]> {
    const all = process.platform === 'linux' ? await fromProc() : await fromPs();
    return all.filter((line) => line.includes(this.dir)).map((line) => line.slice(0, 300));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }
}

async function fromProc(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      // One that has ended and was not waited for has neither.
      const [line, environment] = await Promise.all([read('cmdline'), read('environ')]);
      return `${pid} ${line} ${environment}`.replaceAll('\0', ' ');
    }),
  );
}

async function fromPs(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['axEww', '-o', 'pid=,command='], { maxBuffer: 16 * 1024 * 1024 });
  return stdout.split('\n').filter((line) => !line.includes('axEww'));
}
