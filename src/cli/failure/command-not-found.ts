import type { Hook } from '@oclif/core';
import { processSurroundings } from '../environment.js';
import { tellUnknownCommand } from './unknown-command.js';

/** oclif loads this by its path in package.json, and only when there is no such command. */
const commandNotFound: Hook.CommandNotFound = async ({ id, argv = [], config }) => {
  const [first, ...rest] = id.split(':');
  if (first === 'help') {
    const { default: Help } = await import('../help/index.js');
    await new Help(config).showHelp([...rest, ...argv]);
  } else {
    tellUnknownCommand([id, ...argv], config, processSurroundings());
  }
};

export default commandNotFound;
