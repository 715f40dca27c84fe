import type { FlagWords, Place } from './tree.js';

/** A script for fish 3 or later, with descriptions. */
export function fishScript(bin: string, places: readonly Place[]): string {
  const known = places.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  const lines = places.flatMap(({ path, words, flags }) => {
    const here = `complete -c ${bin} -n ${quoted(`__${bin}_at ${quoted(path)}`)}`;
    const begin = `complete -c ${bin} -n ${quoted(`__${bin}_at ${quoted(path)} alone`)}`;
    return [
      ...words.map(({ text, description }) => `${begin} -a ${quoted(text)} -d ${quoted(description)}`),
      ...flags.map((flag) => `${here} ${flagOptions(flag)}`),
    ];
  });
  return `# Completion of ${bin} for fish. Made by "${bin} completion fish"; make it again after an update.
# Whether the command that has been typed is this one; with "alone", nothing else yet.
function __${bin}_at
    set -l command
    set -l rest
    for word in (commandline -opc)[2..-1]
        set -l next (string trim -- "$command $word")
        if test (count $rest) -eq 0; and contains -- "$next" ${known.join(' ')}
            set command $next
        else
            set -a rest $word
        end
    end
    test "$command" = "$argv[1]"; or return 1
    test (count $argv) -eq 1; or test (count $rest) -eq 0
end
complete -c ${bin} -e
complete -c ${bin} -f
${lines.join('\n')}
`;
}

function flagOptions({ names, takes }: FlagWords): string {
  const [long, short] = names;
  const name = [
    ...(long === undefined ? [] : [`-l ${long.text.slice(2)}`]),
    ...(short === undefined ? [] : [`-s ${short.text.slice(1)}`]),
  ];
  const value =
    takes === 'nothing'
      ? []
      : takes === 'file'
        ? ['-r -F']
        : takes === 'anything'
          ? ['-x']
          : [`-x -a ${quoted(takes.join(' '))}`];
  return [...name, ...value, `-d ${quoted(long?.description ?? '')}`].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
