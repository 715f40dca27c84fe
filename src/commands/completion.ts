import { Args } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.js';

const shells = ['bash', 'zsh', 'fish'] as const;

export default class Completion extends BaseCommand {
  static override enableJsonFlag = false;
  static override summary = 'Print a script that lets your shell complete commands, flags and their values.';
  static override description = [
    'It changes no file of yours. Keep it where your shell looks for such scripts:',
    '',
    '  bash  ~/.local/share/bash-completion/completions/valet',
    '  zsh   a folder of your $fpath, under the name _valet',
    '  fish  ~/.config/fish/completions/valet.fish',
    '',
    'Completing starts no program then. Make it again after an update.',
  ].join('\n');
  static override examples = [
    '<%= config.bin %> completion bash > valet.bash',
    '<%= config.bin %> completion zsh > _valet',
    '<%= config.bin %> completion fish > valet.fish',
  ];

  static override args = {
    shell: Args.string({ description: 'Which shell.', required: true, options: [...shells] }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(Completion);
    const { completionTree } = await import('../cli/completion/tree.js');
    const places = completionTree(this.config);
    this.print((await scriptFor(args.shell, this.config.bin, places)).trimEnd());
  }
}

type Places = Parameters<typeof import('../cli/completion/bash.js').bashScript>[1];

async function scriptFor(shell: string, bin: string, places: Places): Promise<string> {
  if (shell === 'zsh') return (await import('../cli/completion/zsh.js')).zshScript(bin, places);
  if (shell === 'fish') return (await import('../cli/completion/fish.js')).fishScript(bin, places);
  return (await import('../cli/completion/bash.js')).bashScript(bin, places);
}
