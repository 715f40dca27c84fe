const indent = '    ';
const continued = ' \\';

/**
 * A shell command in lines no wider than `width`, which together are still that command: it is only broken before a
 * flag or a pipe, outside of quotes. A part that is longer by itself stays whole.
 */
export function foldCommand(command: string, width: number): string {
  const [first = '', ...rest] = partsOf(command);
  const lines = [first];
  for (const [index, part] of rest.entries()) {
    const line = lines.at(-1) ?? '';
    const room = width - (index === rest.length - 1 ? 0 : continued.length);
    if (`${line} ${part}`.length <= room) lines[lines.length - 1] = `${line} ${part}`;
    else lines.push(`${indent}${part}`);
  }
  return lines.join(`${continued}\n`);
}

/** A part begins with each flag and each pipe. */
function partsOf(command: string): string[] {
  const parts: string[] = [];
  for (const word of command.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []) {
    const last = parts.at(-1);
    const isInPipe = last?.startsWith('|') === true && word !== '|';
    if (last === undefined || (!isInPipe && /^(--?\w|\|$)/.test(word))) parts.push(word);
    else parts[parts.length - 1] = `${last} ${word}`;
  }
  return parts;
}
