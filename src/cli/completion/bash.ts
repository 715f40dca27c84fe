import type { Place } from './tree.js';

/** A script for bash 4 or later. Words and values only: bash shows no descriptions. */
export function bashScript(bin: string, places: readonly Place[]): string {
  const known = places.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const values = places.flatMap(({ path, flags }) =>
    flags.flatMap(({ names, takes }) => {
      const patterns = names.map(({ text }) => `'${path} ${text}'`).join('|');
      return takes === 'nothing' ? [] : [`    ${patterns}) ${answerOf(takes)} ;;`];
    }),
  );
  const flags = places.map(({ path, flags: all }) => {
    const names = all.flatMap(({ names: [long] }) => (long === undefined ? [] : [long.text]));
    return `      '${path}') words='${names.join(' ')}' ;;`;
  });
  const words = places.map(
    ({ path, words: all }) => `      '${path}') words='${all.map(({ text }) => text).join(' ')}' ;;`,
  );
  return `# Completion of ${bin} for bash. Made by "${bin} completion bash"; make it again after an update.
_${bin}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command='' words='' index next
  # --flag=value comes as three words.
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    next="\${command:+$command }\${COMP_WORDS[index]}"
    case $next in
      ${known.join('|')}) command=$next ;;
      *) break ;;
    esac
  done
  COMPREPLY=()
  case "$command $previous" in
${values.join('\n')}
  esac
  if [[ $current == -* ]]; then
    case $command in
${flags.join('\n')}
    esac
  elif ((index == COMP_CWORD)); then
    case $command in
${words.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _${bin} ${bin}
`;
}

/** What to do where a flag waits for its value. */
function answerOf(takes: Exclude<Place['flags'][number]['takes'], 'nothing'>): string {
  if (takes === 'file') return 'compopt -o default; return';
  if (takes === 'anything') return 'return';
  return `COMPREPLY=($(compgen -W '${takes.join(' ')}' -- "$current")); return`;
}
