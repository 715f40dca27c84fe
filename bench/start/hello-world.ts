import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface HelloWorld extends AsyncDisposable {
  /** Its `bin/run.js`. */
  readonly program: string;
}

const run = `#!/usr/bin/env node
import { execute } from '@oclif/core';

await execute({ dir: import.meta.url });
`;

/** As \`oclif generate\` writes it; asked to, it fetches before it greets. */
const command = `import { Args, Command, Flags } from '@oclif/core';

export default class Hello extends Command {
  static args = { person: Args.string({ description: 'Person to say hello to' }) };
  static description = 'Say hello';
  static examples = ['<%= config.bin %> <%= command.id %> friend --from oclif'];
  static flags = { from: Flags.string({ char: 'f', description: 'Who is saying hello' }) };

  async run() {
    const { args, flags } = await this.parse(Hello);
    const answer = process.env.HELLO_URL ? await (await fetch(process.env.HELLO_URL)).json() : undefined;
    this.log(\`hello \${args.person} from \${flags.from} \${JSON.stringify(answer)}\`);
  }
}
`;

/** Another oclif program with the same commands by name, each of which does nothing; on the same @oclif/core. */
export async function makeHelloWorld(commandIds: readonly string[], nodeModules: string): Promise<HelloWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'valet-bench-hello-'));
  const files = commandIds.map((id) => join(dir, 'commands', `${id.replaceAll(':', '/')}.js`));
  await mkdir(join(dir, 'bin'));
  await symlink(nodeModules, join(dir, 'node_modules'));
  for (const file of files) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, command);
  }
  const oclif = { bin: 'hello', dirname: 'hello', commands: './commands', topicSeparator: ' ' };
  const described = {
    name: 'hello',
    version: '1.0.0',
    type: 'module',
    description: 'Say hello.',
    files: ['bin', 'commands'],
    oclif,
  };
  await writeFile(join(dir, 'package.json'), JSON.stringify(described));
  const program = join(dir, 'bin', 'run.js');
  await writeFile(program, run);
  execFileSync(process.execPath, [join(nodeModules, 'oclif/bin/run.js'), 'manifest'], {
    cwd: dir,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { program, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}
