import { ValetError } from '../sdk/errors.js';

interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * What machines run, by the name of their image.
 * @throws ValetError `request_invalid`
 */
export function readImages(given: readonly string[]): Record<string, Program> {
  return Object.fromEntries(
    given.map((text) => {
      const [, name, line = ''] = /^([^=\s]+)=(.+)$/s.exec(text) ?? [];
      const [command, ...args] = line.trim().split(/\s+/);
      if (name !== undefined && command) return [name, { command, args }];
      throw new ValetError('request_invalid', `--image ${JSON.stringify(text.slice(0, 60))} is not NAME=COMMAND.`, {
        hint: "For example: --image 'acme/web=node server.js'. The command is split at spaces; no shell reads it.",
      });
    }),
  );
}
