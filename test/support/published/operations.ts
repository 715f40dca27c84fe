import type { Operation } from './operation.js';
import { appOperations } from './operations/apps.js';
import { machineOperations } from './operations/machines.js';
import { platformOperations } from './operations/platform.js';
import { volumeOperations } from './operations/volumes.js';

/** Every call of the Machines API that the emulator is held to. */
export const operations: readonly Operation[] = [
  ...machineOperations,
  ...volumeOperations,
  ...appOperations,
  ...platformOperations,
];

export function nameOf({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

/** @param path with `/v1`, without the query */
export function findOperation(method: string, path: string): Operation | undefined {
  const parts = path.split('/');
  return operations.find((each) => each.method === method && fits(`/v1${each.path}`.split('/'), parts));
}

function fits(pattern: readonly string[], parts: readonly string[]): boolean {
  if (pattern.length !== parts.length) return false;
  return pattern.every((expected, index) =>
    expected.startsWith(':') ? parts[index] !== '' : expected === parts[index],
  );
}
