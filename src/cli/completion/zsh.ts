import type { Place, Word } from './tree.js';

/** A script for zsh, with descriptions. */
export function zshScript(bin: string, places: readonly Place[]): string {
  const known = places.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const values = places.flatMap(({ path, flags }) =>
    flags.flatMap(({ names, takes }) => {
      const patterns = names.map(({ text }) => `'${path} ${text}'`).join('|');
      return takes === 'nothing' ? [] : [`    ${patterns}) ${answerOf(takes)} ;;`];
    }),
  );
  const flags = places.map(
    ({ path, flags: all }) => `      '${path}') entries=(${described(all.flatMap(({ names }) => names))}) ;;`,
  );
  const words = places.map(({ path, words: all }) => `      '${path}') entries=(${described(all)}) ;;`);
  return `#compdef ${bin}
# Completion of ${bin} for zsh. Made by "${bin} completion zsh"; make it again after an update.
_${bin}() {
  local command='' next
  local -i at=2
  local -a entries
  while ((at < CURRENT)); do
    next="\${command:+$command }\${words[at]}"
    case $next in
      ${known.join('|')}) command=$next ;;
      *) break ;;
    esac
    at+=1
  done
  # --flag=value is one word.
  local previous=\${words[CURRENT - 1]}
  if [[ $PREFIX == --*=* ]]; then
    previous=\${PREFIX%%=*}
    compset -P '*='
  fi
  case "$command $previous" in
${values.join('\n')}
  esac
  if [[ $PREFIX == -* ]]; then
    case $command in
${flags.join('\n')}
    esac
  elif ((at == CURRENT)); then
    case $command in
${words.join('\n')}
    esac
  fi
  ((\${#entries})) && _describe '${bin}' entries
}
compdef _${bin} ${bin}
`;
}

function answerOf(takes: Exclude<Place['flags'][number]['takes'], 'nothing'>): string {
  if (takes === 'file') return '_files; return';
  if (takes === 'anything') return 'return';
  return `entries=(${takes.map(quoted).join(' ')}); _describe value entries; return`;
}

function described(words: readonly Word[]): string {
  return words.map(({ text, description }) => quoted(`${text}:${description.replaceAll(':', '\\:')}`)).join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
