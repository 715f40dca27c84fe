import type { MachineProgram } from '../../options.js';
import type { MachineConfig } from '../config/schema.js';

export interface Programs {
  /** What an image runs that is not named. */
  readonly fallback: MachineProgram;
  /** By an image's name with or without its tag and digest; the most exact name counts. */
  readonly images: Readonly<Record<string, MachineProgram>>;
}

/**
 * What a machine runs. Only an image that is named here can be told by `init` what to run: the stand-in for all others
 * does not know the commands of their images.
 */
export function programOf({ fallback, images }: Programs, config: MachineConfig): MachineProgram {
  const program = namesOf(config.image)
    .map((name) => (Object.hasOwn(images, name) ? images[name] : undefined))
    .find((found) => found !== undefined);
  return program === undefined ? fallback : asInitSays(program, config.init);
}

/** `exec` takes the place of all, `entrypoint` that of the command, `cmd` that of its arguments. */
function asInitSays(program: MachineProgram, init: MachineConfig['init']): MachineProgram {
  const { exec = [], entrypoint = [], cmd } = init ?? {};
  const [execCommand, ...execArgs] = exec;
  if (execCommand !== undefined) return { command: execCommand, args: execArgs };
  const [command, ...fixedArgs] = entrypoint;
  if (command !== undefined) return { command, args: [...fixedArgs, ...(cmd ?? [])] };
  return cmd === undefined ? program : { ...program, args: cmd };
}

function namesOf(image: string): readonly string[] {
  const withoutDigest = image.replace(/@.*$/, '');
  return [image, withoutDigest, withoutDigest.replace(/:[^:/]*$/, '')];
}
