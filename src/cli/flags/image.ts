import { ValetError } from '../../sdk/errors.js';

export interface ImageProgram {
  readonly command: string;
  readonly args: readonly string[];
}

const hint = `For example: --image "acme/web=node '$PWD/server.js'". Quotes keep words together; no shell reads the command.`;

/**
 * What machines run, by the name of their image.
 * @throws ValetError `request_invalid`
 */
export function readImages(given: readonly string[]): Record<string, ImageProgram> {
  const images = new Map<string, ImageProgram>();
  for (const text of given) {
    const shown = `--image ${JSON.stringify(text.slice(0, 60))}`;
    const [, name = '', line = ''] = /^([^=\s]+)=(.+)$/s.exec(text) ?? [];
    const [command, ...args] = wordsOf(line);
    if (!command) throw new ValetError('request_invalid', `${shown} is not NAME=COMMAND.`, { hint });
    if (images.has(name)) throw new ValetError('request_invalid', `${shown} names an image a second time.`, { hint });
    images.set(name, { command, args });
  }
  return Object.fromEntries(images);
}

/** None when a quote is left open. */
function wordsOf(line: string): readonly string[] {
  if (!/^(?:[^'"]|'[^']*'|"[^"]*")*$/.test(line)) return [];
  const words = line.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  return words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
}
